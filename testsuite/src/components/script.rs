//! A `.wast` file about components as data: instances with what is asked of them, and components that are only compiled.
//!
//! No component of a script sees another one, so each instance is a program of its own, whose steps keep the script's order.

use std::collections::HashMap;
use std::rc::Rc;

use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Id;
use wast::{QuoteWat, Wast, WastDirective, WastExecute, WastInvoke};

use super::ComponentCall;
use super::value::{self, Pattern};
use crate::spec::script::{Lines, Verdict, binary_of};

/// A parsed script.
#[derive(Debug, Default)]
pub struct Script {
    /// For messages: folder and file name.
    pub name: String,
    pub instances: Vec<Instance>,
    pub checks: Vec<Check>,
    /// Directives that were judged while parsing: `(line, why it failed)`.
    pub judged: Vec<(usize, Option<String>)>,
    /// Directives that cannot be judged, and why.
    pub skipped: Vec<(usize, String)>,
}

/// An instance of a component, made once.
#[derive(Debug)]
pub struct Instance {
    pub line: usize,
    pub bytes: Vec<u8>,
    /// What its instantiation must trap with.
    pub trap: Option<String>,
    pub steps: Vec<Step>,
}

/// A call and what must become of it.
#[derive(Debug)]
pub struct Step {
    pub line: usize,
    /// `Err` if the arguments are not those of the function.
    pub call: Result<ComponentCall, String>,
    pub expect: Expect,
}

/// What a call must lead to.
#[derive(Debug)]
pub enum Expect {
    /// Success with any result.
    Success,
    /// A result like this, or none.
    Result(Option<Pattern>),
    /// A trap whose message contains this.
    Trap(String),
}

/// A component, or a core module, that is only compiled.
#[derive(Debug)]
pub struct Check {
    pub line: usize,
    pub bytes: Vec<u8>,
    pub verdict: Verdict,
}

/// Parses a script. `Err` if the text as a whole is not a script.
pub fn parse(name: &str, text: &str) -> Result<Script, String> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let explain = |mut e: wast::Error| {
        e.set_text(text);
        format!("{name}: {e}")
    };
    let buffer = ParseBuffer::new_with_lexer(lexer).map_err(explain)?;
    let wast = parser::parse::<Wast<'_>>(&buffer).map_err(explain)?;
    let mut walk = Walk {
        script: Script {
            name: name.to_string(),
            ..Script::default()
        },
        lines: Lines::of(text),
        names: HashMap::new(),
        definitions: HashMap::new(),
        current: None,
    };
    for directive in wast.directives {
        walk.directive(directive);
    }
    Ok(walk.script)
}

/// State while walking over the directives.
struct Walk {
    script: Script,
    lines: Lines,
    names: HashMap<String, usize>,
    /// By name; the latest one under the empty name too.
    definitions: HashMap<String, Rc<[u8]>>,
    /// The latest instance; `None` before the first and after one that could not be parsed.
    current: Option<usize>,
}

impl Walk {
    fn directive(&mut self, directive: WastDirective<'_>) {
        let line = self.lines.number(directive.span().offset());
        match directive {
            WastDirective::Module(mut component) => {
                let id = component.name();
                self.current = None;
                if let Some(bytes) = self.encoded(line, component.encode()) {
                    self.define(id, &bytes);
                    self.instantiate(line, id, bytes);
                }
            }
            WastDirective::ModuleDefinition(mut component) => {
                let id = component.name();
                if let Some(bytes) = self.encoded(line, component.encode()) {
                    self.define(id, &bytes);
                    self.check(line, bytes, Verdict::Valid);
                }
            }
            WastDirective::ModuleInstance {
                instance, module, ..
            } => {
                self.current = None;
                match self.definitions.get(name_of(module)) {
                    Some(bytes) => {
                        let bytes = bytes.to_vec();
                        self.instantiate(line, instance, bytes);
                    }
                    None => self.judge(line, Some("no such definition".to_string())),
                }
            }
            WastDirective::AssertMalformed { module, .. } => self.malformed(line, module),
            WastDirective::AssertInvalid { mut module, .. } => match module.encode() {
                Ok(bytes) => self.check(line, bytes, Verdict::Invalid),
                // The text format's own name resolution found it.
                Err(_) => self.judge(line, None),
            },
            WastDirective::AssertUnlinkable { mut module, .. } => {
                if let Some(bytes) = self.encoded(line, module.encode()) {
                    self.check(line, bytes, Verdict::Unlinkable);
                }
            }
            WastDirective::Invoke(invoke) => self.invoke(line, &invoke, Expect::Success),
            WastDirective::AssertReturn { exec, results, .. } => {
                let result = match results.as_slice() {
                    [] => Ok(None),
                    [result] => value::pattern(result).map(Some),
                    _ => Err("several results".to_string()),
                };
                match result {
                    Ok(result) => self.execute(line, exec, Expect::Result(result)),
                    Err(what) => self.skip(line, &what),
                }
            }
            WastDirective::AssertTrap { exec, message, .. } => {
                // Some scripts begin the message as hosts print it.
                let message = message.strip_prefix("wasm trap: ").unwrap_or(message);
                self.execute(line, exec, Expect::Trap(message.to_string()));
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                self.invoke(line, &call, Expect::Trap(message.to_string()));
            }
            WastDirective::Register { .. } => self.skip(line, "components that import each other"),
            WastDirective::AssertInvalidCustom { .. }
            | WastDirective::AssertMalformedCustom { .. }
            | WastDirective::AssertException { .. }
            | WastDirective::AssertSuspension { .. }
            | WastDirective::Thread(_)
            | WastDirective::Wait { .. } => self.skip(line, "a directive for core modules"),
        }
    }

    fn skip(&mut self, line: usize, what: &str) {
        self.script.skipped.push((line, what.to_string()));
    }

    fn judge(&mut self, line: usize, failure: Option<String>) {
        self.script.judged.push((line, failure));
    }

    /// The bytes, if the text is well-formed; it must be.
    fn encoded(&mut self, line: usize, bytes: Result<Vec<u8>, wast::Error>) -> Option<Vec<u8>> {
        bytes
            .map_err(|e| self.judge(line, Some(format!("text is refused: {e}"))))
            .ok()
    }

    fn define(&mut self, id: Option<Id<'_>>, bytes: &[u8]) {
        let bytes: Rc<[u8]> = bytes.into();
        self.definitions
            .insert(name_of(id).to_string(), bytes.clone());
        self.definitions.insert(String::new(), bytes);
    }

    fn check(&mut self, line: usize, bytes: Vec<u8>, verdict: Verdict) {
        self.script.checks.push(Check {
            line,
            bytes,
            verdict,
        });
    }

    fn malformed(&mut self, line: usize, component: QuoteWat<'_>) {
        match binary_of(component) {
            Some(bytes) => self.check(line, bytes, Verdict::Malformed),
            None => self.judge(line, None),
        }
    }

    fn instantiate(&mut self, line: usize, id: Option<Id<'_>>, bytes: Vec<u8>) {
        let index = self.script.instances.len();
        self.current = Some(index);
        if id.is_some() {
            self.names.insert(name_of(id).to_string(), index);
        }
        self.script.instances.push(Instance {
            line,
            bytes,
            trap: None,
            steps: Vec::new(),
        });
    }

    fn execute(&mut self, line: usize, exec: WastExecute<'_>, expect: Expect) {
        match (exec, expect) {
            (WastExecute::Invoke(invoke), expect) => self.invoke(line, &invoke, expect),
            (WastExecute::Wat(mut component), Expect::Trap(message)) => {
                if let Some(bytes) = self.encoded(line, component.encode()) {
                    self.script.instances.push(Instance {
                        line,
                        bytes,
                        trap: Some(message),
                        steps: Vec::new(),
                    });
                }
            }
            (WastExecute::Wat(_) | WastExecute::Get { .. }, _) => {
                self.skip(line, "a directive for core modules");
            }
        }
    }

    fn invoke(&mut self, line: usize, invoke: &WastInvoke<'_>, expect: Expect) {
        let instance = match invoke.module {
            Some(id) => self.names.get(id.name()).copied(),
            None => self.current,
        };
        let Some(instance) = instance else {
            return self.judge(line, Some("no instance to act on".to_string()));
        };
        let instance = &mut self.script.instances[instance];
        let export = vec![invoke.name.to_string()];
        let args = value::arguments(&instance.bytes, &export, &invoke.args);
        instance.steps.push(Step {
            line,
            call: args.map(|args| ComponentCall { export, args }),
            expect,
        });
    }
}

fn name_of(id: Option<Id<'_>>) -> &str {
    id.map_or("", |id| id.name())
}
