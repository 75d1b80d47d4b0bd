//! A `.wast` file as data: module instances with their links, steps in order, and modules that must be refused.
//!
//! Names and registrations are resolved here, in script order, so that later stages see only indices.
//! Nothing is compiled yet.

use std::collections::HashMap;

use wasmparser::{Parser, Payload};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Id;
use wast::{QuoteWat, QuoteWatTest, Wast, WastDirective, WastExecute, WastInvoke, Wat};
use wative_compiler::abi::TrapCode;

use super::value::{Pattern, argument, pattern};

/// A parsed script.
#[derive(Debug, Default)]
pub struct Script {
    /// For messages: folder and file name.
    pub name: String,
    pub instances: Vec<Instance>,
    pub steps: Vec<Step>,
    pub checks: Vec<Check>,
    /// Directives that were judged while parsing: `(line, why it failed)`.
    pub judged: Vec<(usize, Option<String>)>,
    /// Directives that cannot be judged: the reason of each.
    pub skipped: Vec<String>,
}

/// A module instance of the script.
#[derive(Clone, Debug)]
pub struct Instance {
    pub line: usize,
    pub bytes: Vec<u8>,
    pub links: Vec<(String, Provider)>,
}

/// Who provides the imports of a module name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    Spectest,
    Instance(usize),
}

/// Something that a running program is asked to do.
#[derive(Clone, Debug)]
pub struct Step {
    pub line: usize,
    pub instance: usize,
    pub action: Action,
    pub expect: Expect,
}

/// What a step does with its instance.
#[derive(Clone, Debug)]
pub enum Action {
    Instantiate,
    Invoke { export: String, slots: Vec<u64> },
    Get { export: String },
}

/// What a step must lead to.
#[derive(Clone, Debug)]
pub enum Expect {
    /// Success with any results.
    Success,
    Results(Vec<Pattern>),
    /// One of these traps; the text is the script's.
    Trap(Vec<TrapCode>, String),
}

/// A module that is only compiled.
#[derive(Clone, Debug)]
pub struct Check {
    pub line: usize,
    pub bytes: Vec<u8>,
    pub links: Vec<(String, Provider)>,
    pub verdict: Verdict,
}

/// What the compiler must say about a [`Check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Valid,
    Invalid,
    Malformed,
    Unlinkable,
}

/// Trap codes that a script's message may stand for: messages are prefixes of what the standard's interpreter prints, long or
/// short.
pub fn trap_codes(message: &str) -> Vec<TrapCode> {
    const TABLE: [(&str, TrapCode); 23] = [
        ("unreachable", TrapCode::Unreachable),
        ("out of bounds memory access", TrapCode::MemoryOutOfBounds),
        ("out of bounds table access", TrapCode::TableOutOfBounds),
        ("undefined element", TrapCode::TableOutOfBounds),
        ("uninitialized element", TrapCode::IndirectCallToNull),
        ("indirect call type mismatch", TrapCode::BadSignature),
        ("integer overflow", TrapCode::IntegerOverflow),
        ("integer divide by zero", TrapCode::IntegerDivisionByZero),
        (
            "invalid conversion to integer",
            TrapCode::BadConversionToInteger,
        ),
        ("call stack exhausted", TrapCode::StackOverflow),
        ("unaligned atomic", TrapCode::UnalignedAtomic),
        ("expected shared memory", TrapCode::ExpectedSharedMemory),
        ("null reference", TrapCode::NullReference),
        ("null function reference", TrapCode::NullReference),
        ("null structure reference", TrapCode::NullReference),
        ("null array reference", TrapCode::NullReference),
        ("null i31 reference", TrapCode::NullReference),
        ("null continuation reference", TrapCode::NullReference),
        (
            "continuation already consumed",
            TrapCode::ContinuationConsumed,
        ),
        ("unhandled tag", TrapCode::UnhandledTag),
        ("cast failure", TrapCode::CastFailure),
        ("out of bounds array access", TrapCode::ArrayOutOfBounds),
        // What wasmtime says of arrays for which no heap has room.
        ("allocation size too large", TrapCode::OutOfMemory),
    ];
    let fits = |text: &str| message.starts_with(text) || text.starts_with(message);
    let found = TABLE.iter().filter(|(text, _)| fits(text));
    found.map(|(_, code)| *code).collect()
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
        registered: HashMap::from([("spectest".to_string(), Provider::Spectest)]),
        current: None,
    };
    for directive in wast.directives {
        walk.directive(directive);
    }
    Ok(walk.script)
}

/// Where the lines of a text end.
pub struct Lines(Vec<usize>);

impl Lines {
    /// Finds them.
    pub fn of(text: &str) -> Lines {
        Lines(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// The number, from 1, of the line at an offset.
    pub fn number(&self, offset: usize) -> usize {
        self.0.partition_point(|&end| end < offset) + 1
    }
}

/// State while walking over the directives.
struct Walk {
    script: Script,
    lines: Lines,
    names: HashMap<String, usize>,
    /// By name; the unnamed one under the empty name.
    definitions: HashMap<String, Vec<u8>>,
    registered: HashMap<String, Provider>,
    /// The latest instance; `None` before the first and after one that could not be parsed.
    current: Option<usize>,
}

impl Walk {
    fn directive(&mut self, directive: WastDirective<'_>) {
        let line = self.lines.number(directive.span().offset());
        match directive {
            WastDirective::Module(mut module) => {
                let id = name_of(module.name());
                match module.encode() {
                    Ok(bytes) => {
                        self.define(&id, &bytes);
                        self.instantiate(line, id, bytes, Expect::Success);
                    }
                    Err(e) => self.judge(line, Some(format!("text is refused: {e}"))),
                }
            }
            WastDirective::ModuleDefinition(mut module) => match module.encode() {
                Ok(bytes) => {
                    self.define(&name_of(module.name()), &bytes);
                    self.check(line, bytes, Verdict::Valid);
                }
                Err(e) => self.judge(line, Some(format!("text is refused: {e}"))),
            },
            WastDirective::ModuleInstance {
                instance, module, ..
            } => {
                let definition = module.map_or("", |id| id.name());
                match self.definitions.get(definition).cloned() {
                    Some(bytes) => {
                        self.instantiate(line, name_of(instance), bytes, Expect::Success);
                    }
                    None => self.judge(line, Some(format!("no module definition {definition}"))),
                }
            }
            WastDirective::AssertMalformed { module, .. } => self.malformed(line, module),
            WastDirective::AssertInvalid { mut module, .. } => match module.encode() {
                Ok(bytes) => self.check(line, bytes, Verdict::Invalid),
                // The text format's own name resolution found it.
                Err(_) => self.judge(line, None),
            },
            WastDirective::AssertUnlinkable { mut module, .. } => match module.encode() {
                Ok(bytes) => self.check(line, bytes, Verdict::Unlinkable),
                Err(e) => self.judge(line, Some(format!("text is refused: {e}"))),
            },
            WastDirective::AssertInvalidCustom { .. }
            | WastDirective::AssertMalformedCustom { .. } => self
                .script
                .skipped
                .push("contents of custom sections are not judged (core spec 3.4.1)".to_string()),
            WastDirective::Register { name, module, .. } => match self.lookup(module) {
                Some(instance) => {
                    self.registered
                        .insert(name.to_string(), Provider::Instance(instance));
                }
                None => self.judge(line, Some("no instance to register".to_string())),
            },
            WastDirective::Invoke(invoke) => self.invoke(line, invoke, Ok(Expect::Success)),
            WastDirective::AssertTrap { exec, message, .. } => {
                self.execute(line, exec, Ok(trap(message)));
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                self.invoke(line, call, Ok(trap(message)));
            }
            WastDirective::AssertReturn { exec, results, .. } => {
                let patterns = results.iter().map(pattern).collect::<Result<_, _>>();
                self.execute(line, exec, patterns.map(Expect::Results));
            }
            WastDirective::AssertException { exec, .. } => {
                let uncaught = TrapCode::UncaughtException;
                let expect = Expect::Trap(vec![uncaught], uncaught.message().to_string());
                self.execute(line, exec, Ok(expect));
            }
            WastDirective::AssertSuspension { exec, message, .. } => {
                self.execute(line, exec, Ok(trap(message)));
            }
            WastDirective::Thread(_) | WastDirective::Wait { .. } => self.skip("threads"),
        }
    }

    fn skip(&mut self, feature: &str) {
        self.script.skipped.push(feature.to_string());
    }

    fn judge(&mut self, line: usize, failure: Option<String>) {
        self.script.judged.push((line, failure));
    }

    fn define(&mut self, id: &Option<String>, bytes: &[u8]) {
        self.definitions
            .insert(id.clone().unwrap_or_default(), bytes.to_vec());
        self.definitions.insert(String::new(), bytes.to_vec());
    }

    fn check(&mut self, line: usize, bytes: Vec<u8>, verdict: Verdict) {
        let links = self.links(&bytes);
        self.script.checks.push(Check {
            line,
            bytes,
            links,
            verdict,
        });
    }

    /// Text is judged by the text parser; binaries, and texts that it accepts, by the compiler.
    fn malformed(&mut self, line: usize, module: QuoteWat<'_>) {
        match binary_of(module) {
            Some(bytes) => self.check(line, bytes, Verdict::Malformed),
            None => self.judge(line, None),
        }
    }

    fn instantiate(&mut self, line: usize, id: Option<String>, bytes: Vec<u8>, expect: Expect) {
        let instance = self.script.instances.len();
        let links = self.links(&bytes);
        // A module that must trap does not become the current one.
        if matches!(expect, Expect::Success) {
            self.current = Some(instance);
            if let Some(id) = id {
                self.names.insert(id, instance);
            }
        }
        self.script.instances.push(Instance { line, bytes, links });
        self.script.steps.push(Step {
            line,
            instance,
            action: Action::Instantiate,
            expect,
        });
    }

    fn execute(&mut self, line: usize, exec: WastExecute<'_>, expect: Result<Expect, String>) {
        match exec {
            WastExecute::Invoke(invoke) => self.invoke(line, invoke, expect),
            WastExecute::Wat(mut wat) => match (wat.encode(), expect) {
                (Ok(bytes), Ok(expect)) => self.instantiate(line, None, bytes, expect),
                (Ok(_), Err(feature)) => self.skip(&feature),
                (Err(e), _) => self.judge(line, Some(format!("text is refused: {e}"))),
            },
            WastExecute::Get { module, global, .. } => {
                let action = Action::Get {
                    export: global.to_string(),
                };
                self.step(line, module, Ok(action), expect);
            }
        }
    }

    fn invoke(&mut self, line: usize, invoke: WastInvoke<'_>, expect: Result<Expect, String>) {
        let slots: Result<Vec<Vec<u64>>, String> = invoke.args.iter().map(argument).collect();
        let action = slots.map(|slots| Action::Invoke {
            export: invoke.name.to_string(),
            slots: slots.concat(),
        });
        self.step(line, invoke.module, action, expect);
    }

    fn step(
        &mut self,
        line: usize,
        module: Option<Id<'_>>,
        action: Result<Action, String>,
        expect: Result<Expect, String>,
    ) {
        let (action, expect) = match (action, expect) {
            (Ok(action), Ok(expect)) => (action, expect),
            (Err(feature), _) | (_, Err(feature)) => return self.skip(&feature),
        };
        match self.lookup(module) {
            Some(instance) => self.script.steps.push(Step {
                line,
                instance,
                action,
                expect,
            }),
            None => self.judge(line, Some("no instance to act on".to_string())),
        }
    }

    fn lookup(&self, module: Option<Id<'_>>) -> Option<usize> {
        match module {
            Some(id) => self.names.get(id.name()).copied(),
            None => self.current,
        }
    }

    /// Links of a module's import names to what is registered now.
    fn links(&self, bytes: &[u8]) -> Vec<(String, Provider)> {
        let mut links: Vec<(String, Provider)> = Vec::new();
        for module in import_modules(bytes) {
            if let Some(&provider) = self.registered.get(&module)
                && !links.iter().any(|(name, _)| *name == module)
            {
                links.push((module, provider));
            }
        }
        links
    }
}

fn name_of(id: Option<Id<'_>>) -> Option<String> {
    id.map(|id| id.name().to_string())
}

fn trap(message: &str) -> Expect {
    Expect::Trap(trap_codes(message), message.to_string())
}

/// What is binary, or text that the parser accepts, in the binary format.
pub fn binary_of(mut module: QuoteWat<'_>) -> Option<Vec<u8>> {
    match module.to_test() {
        Ok(QuoteWatTest::Binary(bytes)) => Some(bytes),
        Ok(QuoteWatTest::Text(text)) => encode_text(&text),
        Err(_) => None,
    }
}

fn encode_text(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let buffer = ParseBuffer::new(text).ok()?;
    parser::parse::<Wat<'_>>(&buffer).ok()?.encode().ok()
}

/// Module names of the imports; of a malformed module those before the damage.
fn import_modules(bytes: &[u8]) -> Vec<String> {
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::ImportSection(section)) => {
                return section
                    .into_imports()
                    .map_while(|import| import.ok())
                    .map(|import| import.module.to_string())
                    .collect();
            }
            Ok(Payload::End(_)) | Err(_) => break,
            Ok(_) => {}
        }
    }
    Vec::new()
}
