//! What the user sees on standard error: errors, with the place in the module that they are about, warnings, timings, progress.
//!
//! Colours and progress appear only if standard error is a terminal; NO_COLOR turns colours off.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use wative_compiler::Error;
use wative_compiler::escape::is_deceptive;
use wative_compiler::options::Reused;
use wative_compiler::timings::Timings;

use crate::args::MessageFormat;
use crate::excerpt::{self, Excerpt};
use crate::json;

/// Time after which a compilation is long enough to say that it is still going on.
const PATIENCE: Duration = Duration::from_millis(700);

/// Interval between updates of the progress line.
const TICK: Duration = Duration::from_millis(200);

fn colour() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    std::io::stderr().is_terminal()
        && !set("NO_COLOR")
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether messages are JSON.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// How messages are written from now on.
pub fn set_format(format: MessageFormat) {
    IS_JSON.store(format == MessageFormat::Json, Ordering::Relaxed);
}

/// An error or warning as one line of JSON.
fn json_line(level: &str, error: &Error, excerpt: Option<&Excerpt>) -> String {
    let text = |value: &str| json::string(&printable(value));
    let mut line = format!(
        "{{\"level\":\"{level}\",\"message\":{}",
        text(&error.reason)
    );
    if !error.file.is_empty() {
        let _ = write!(line, ",\"file\":{}", text(&error.file));
    }
    if let Some(offset) = error.offset {
        let _ = write!(line, ",\"offset\":{offset}");
    }
    if let Some((index, name)) = &error.function {
        let _ = write!(line, ",\"function\":{{\"index\":{index}");
        if let Some(name) = name {
            let _ = write!(line, ",\"name\":{}", text(name));
        }
        line.push('}');
    }
    if let Some(excerpt) = excerpt {
        let lines: Vec<String> = excerpt.lines.iter().map(|line| text(line)).collect();
        let (lines, at, marked) = (lines.join(","), excerpt.line, &excerpt.marked);
        let _ = write!(
            line,
            ",\"excerpt\":{{\"lines\":[{lines}],\"line\":{at},\"start\":{},\"end\":{}",
            marked.start, marked.end
        );
        if let Some(number) = excerpt.number {
            let _ = write!(line, ",\"number\":{number}");
        }
        line.push('}');
    }
    if let Some(help) = &error.help {
        let _ = write!(line, ",\"help\":{}", text(help));
    }
    line.push_str("}\n");
    line
}

/// `error: …`, the lines of the module that it is about, and, where there is advice, `help: …`.
pub fn error(error: &Error) {
    let offset = error.offset;
    let excerpt = offset.and_then(|offset| excerpt::of_file(Path::new(&error.file), offset));
    if IS_JSON.load(Ordering::Relaxed) {
        return emit(&json_line("error", error, excerpt.as_ref()));
    }
    let plain = Error {
        help: None,
        ..error.clone()
    };
    if let Some(excerpt) = &excerpt {
        let renderer = match colour() {
            true => Renderer::styled(),
            false => Renderer::plain(),
        };
        let help = error.help.as_deref();
        return emit(&drawn(&renderer, &plain.to_string(), excerpt, help));
    }
    let mut text = String::new();
    labelled(&mut text, "error", "1;31", &plain.to_string());
    if let Some(help) = &error.help {
        labelled(&mut text, "help", "1;36", help);
    }
    emit(&text);
}

/// An error with its place, marked below the line.
fn drawn(renderer: &Renderer, message: &str, excerpt: &Excerpt, help: Option<&str>) -> String {
    let mut source = String::new();
    let mut marked = 0..0;
    for (number, line) in excerpt.lines.iter().enumerate() {
        if number > 0 {
            source.push('\n');
        }
        if number == excerpt.line {
            // What is written out may be longer than it was.
            let (before, rest) = line.split_at(excerpt.marked.start);
            let start = source.len() + printable(before).len();
            let part = &rest[..excerpt.marked.len()];
            marked = start..start + printable(part).len();
        }
        source.push_str(&printable(line));
    }
    let snippet = Snippet::source(source)
        .fold(false)
        .line_numbering(excerpt.number.is_some())
        .line_start(excerpt.number.unwrap_or(1))
        .annotation(AnnotationKind::Primary.span(marked));
    let message = printable(message);
    let mut report = Level::ERROR.primary_title(message).element(snippet);
    if let Some(help) = help {
        report = report.element(Level::HELP.message(printable(help)));
    }
    renderer.render(&[report]) + "\n"
}

/// What the parser of the command line has to say: help and version on standard output, errors with what the user gave.
pub fn usage(error: &clap::Error) {
    let plain = error.render().to_string();
    let shown = printable(&plain);
    if shown == plain {
        // A closed pipe is nobody's problem.
        let _ = error.print();
    } else {
        emit(&shown);
    }
}

/// `warning: …`.
pub fn warning(message: &str) {
    if IS_JSON.load(Ordering::Relaxed) {
        return emit(&json_line("warning", &Error::new(message), None));
    }
    let mut text = String::new();
    labelled(&mut text, "warning", "1;33", message);
    emit(&text);
}

fn labelled(text: &mut String, label: &str, style: &str, message: &str) {
    let message = printable(message);
    // Writing to a string cannot fail.
    let _ = if colour() {
        writeln!(text, "\x1b[{style}m{label}:\x1b[0m {message}")
    } else {
        writeln!(text, "{label}: {message}")
    };
}

/// Names are shown by [`wative_compiler::show`] where a message is made; what tools say in it (a linker, a parser of text) may hold anything.
fn printable(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    for c in message.chars() {
        if is_deceptive(c) && !matches!(c, '\n' | '\t') {
            text.extend(c.escape_default());
        } else {
            text.push(c);
        }
    }
    text
}

/// Standard error is the last resort: if it cannot be written, nobody can be told.
fn emit(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// The table of `-v`: phases and their times, then sizes.
pub fn timings(timings: &Timings, sizes: &[(&str, usize)], reused: &Option<Reused>) {
    let mut text = String::new();
    for (name, time) in &timings.phases {
        let _ = writeln!(text, "{name:<24} {:>10.3} ms", time.as_secs_f64() * 1000.0);
    }
    for (name, size) in sizes {
        let _ = writeln!(text, "{name:<24} {size:>10} bytes");
    }
    if let Some(reused) = reused {
        let counts = [("found", reused.found), ("compiled", reused.compiled)];
        for (name, count) in counts {
            let _ = writeln!(text, "{name:<24} {count:>10} functions");
        }
    }
    emit(&text);
}

/// A line that counts seconds on a terminal while the work goes on; gone when dropped.
pub struct Progress {
    stop: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts if standard error is a terminal.
    pub fn start(what: String) -> Progress {
        if !std::io::stderr().is_terminal() {
            return Progress { stop: None };
        }
        let (sender, receiver) = channel();
        let begin = Instant::now();
        let thread = std::thread::spawn(move || {
            let mut wait = PATIENCE;
            let mut shown = false;
            while receiver.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                emit(&format!(
                    "\r\x1b[K{what} ({:.1} s)",
                    begin.elapsed().as_secs_f64()
                ));
                (wait, shown) = (TICK, true);
            }
            if shown {
                emit("\r\x1b[K");
            }
        });
        Progress {
            stop: Some((sender, thread)),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.stop.take() {
            drop(sender);
            // The thread only prints; a panic in it has nothing to say here.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_marked() {
        let excerpt = Excerpt {
            lines: ["i32.const 1", "  i64.add \x1b", "drop"]
                .map(str::to_owned)
                .to_vec(),
            line: 1,
            marked: 2..11,
            number: None,
        };
        let text = drawn(
            &Renderer::plain(),
            "x.wasm: wrong",
            &excerpt,
            Some("do this"),
        );
        let want = "error: x.wasm: wrong
 |
 | i32.const 1
 |   i64.add \\u{1b}
 |   ^^^^^^^^^^^^^^
 | drop
 |
 = help: do this
";
        assert_eq!(text, want);
        let error = Error::new("wrong").in_file("x.wasm").at(7);
        let line = json_line("error", &error, Some(&excerpt));
        assert!(line.ends_with(r#""offset":7,"excerpt":{"lines":["i32.const 1","  i64.add \\u{1b}","drop"],"line":1,"start":2,"end":11}}
"#), "{line}");
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(
            printable("a\x1b[31mb\nc\u{9b}d\u{202e}"),
            "a\\u{1b}[31mb\nc\\u{9b}d\\u{202e}"
        );
    }
}
