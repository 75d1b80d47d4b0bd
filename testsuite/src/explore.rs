//! The page of `wative explore` in a browser: what belongs together lights up together, search and keys do what they must, and nothing that a module or a source says is
//! anything but text.
//!
//! Which lines belong together is judged by what is known of the guest: a product in the source is the machine's multiplication, wherever it was inlined.
//! `EXPLORE_KEEP=DIR` keeps the pages, and pictures of them, light and dark, to be looked at.

mod browser;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use wative::explore::{self, Profile, SourceRoot, Sources};
use wative_compiler::Input;
use wative_compiler::ir::{EntryKind, MemoryMode};
use wative_compiler::options::{OptLevel, Options};

use crate::process::Scratch;
use crate::report::{Output, Report};
use crate::target::Target;
use crate::{compile, program};
use browser::Browser;

/// Runs all tests.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        let name = format!("explore {}", target.name);
        output.report(&name, run_all(target, filter));
    }
}

type Test = fn(&Target, &mut Browser) -> Result<(), String>;

const TESTS: [(&str, Test); 6] = [
    ("links", links),
    ("keys", keys),
    ("text", text),
    ("components", components),
    ("many", many),
    ("profile", profile),
];

fn run_all(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    let tests = TESTS.iter().filter(|(name, _)| name.contains(filter));
    let Some(browser) = browser::program() else {
        report.skip(tests.count(), "chromium is not installed");
        return report;
    };
    for (name, test) in tests {
        let started = Browser::start(&browser, (1920, 1000));
        let outcome = started.and_then(|mut browser| {
            test(target, &mut browser)?;
            match &browser.faults()[..] {
                [] => Ok(()),
                faults => Err(faults.join("\n")),
            }
        });
        report.outcome(name, outcome);
    }
    if "same".contains(filter) {
        report.outcome("same", same(target));
    }
    report
}

/// The options of a program that nothing need start.
fn options(target: &Target, entry: EntryKind) -> Options {
    Options {
        entry,
        ..program::options(target, MemoryMode::Fixed, OptLevel::O2)
    }
}

fn guests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("guests/debug")
}

fn page_of(
    inputs: &[Input],
    options: &Options,
    sources: &Path,
    profile: Option<Profile>,
) -> Result<String, String> {
    let root = SourceRoot {
        from: None,
        directory: sources.to_owned(),
    };
    let about = ["a test".to_owned()];
    let sources = Sources::new(&[root]);
    explore::page(inputs, options, ("test", &about), sources, profile).map_err(|e| e.to_string())
}

/// The page of the guest that has sources.
fn page_of_lines(target: &Target, profile: Option<Profile>) -> Result<String, String> {
    let module = fs::read(guests().join("lines-O2.wasm")).map_err(|e| e.to_string())?;
    let options = options(target, EntryKind::Command);
    page_of(
        &[compile::input("lines", &module)?],
        &options,
        &guests(),
        profile,
    )
}

/// Opens a page, and waits until its first function is there.
fn open(browser: &mut Browser, name: &str, page: &str) -> Result<Scratch, String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let path = match std::env::var_os("EXPLORE_KEEP") {
        Some(folder) => PathBuf::from(folder).join(format!("{name}.html")),
        None => scratch.path().join("page.html"),
    };
    fs::write(&path, page).map_err(|e| e.to_string())?;
    browser.open(
        &path,
        "record !== undefined && document.querySelector('#code .line') !== null",
    )?;
    Ok(scratch)
}

/// Opens the function of this name by searching for it.
fn find(browser: &mut Browser, name: &str) -> Result<(), String> {
    browser.key("/")?;
    browser.call("Input.insertText", json!({"text": name}))?;
    browser.key("Enter")?;
    browser.wait(&format!(
        "record && document.querySelector('#name h2').textContent.includes({})",
        json!(name)
    ))
}

/// Texts of lines of a class in a column.
fn lines(browser: &mut Browser, pane: &str, class: &str) -> Result<Vec<String>, String> {
    let value = browser.value(&format!(
        "[...document.querySelectorAll('#{pane} .line{class} .text')].map((e) => e.textContent)"
    ))?;
    let list = value.as_array().cloned().unwrap_or_default();
    Ok(list
        .iter()
        .map(|it| it.as_str().unwrap_or_default().to_owned())
        .collect())
}

/// Names the first line of a class in a column whose text holds another one.
fn name_line(browser: &mut Browser, pane: &str, class: &str, text: &str) -> Result<String, String> {
    let found = browser.value(&format!(
        "(() => {{ const e = [...document.querySelectorAll('#{pane} .line{class}')].find((e) => e.textContent.includes({})); e.scrollIntoView({{block: 'nearest'}}); return e.dataset.row; }})()",
        json!(text)
    ))?;
    Ok(format!(
        "#{pane} .line[data-row=\"{}\"]",
        found.as_str().ok_or("no such line")?
    ))
}

fn expect(found: &[String], wanted: &[&str]) -> Result<(), String> {
    let is_there = |part: &&str| found.iter().any(|line| line.contains(part));
    match wanted.iter().all(is_there) && found.is_empty() == wanted.is_empty() {
        true => Ok(()),
        false => Err(format!("{found:?} where {wanted:?} is wanted")),
    }
}

/// Does something with the pointer and looks at what comes of it, again until that is as wanted: while something scrolls, the browser has the pointer elsewhere for a moment.
fn until(
    browser: &mut Browser,
    mut act: impl FnMut(&mut Browser) -> Result<(), String>,
) -> Result<(), String> {
    let mut done = Ok(());
    for _ in 0..50 {
        browser.point("#search", false)?;
        done = act(browser);
        if done.is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    done
}

/// Points at a line until each of these columns shows a line with this text as one that belongs to it.
fn light(browser: &mut Browser, line: &str, of: &[(&str, &str)]) -> Result<(), String> {
    until(browser, |browser| {
        browser.point(line, false)?;
        of.iter().try_for_each(|(pane, text)| {
            let lit = lines(browser, pane, ".lit")?;
            expect(&lit, &[text]).map_err(|why| format!("{pane} of {line}: {why}"))
        })
    })
}

fn picture(browser: &mut Browser, name: &str) -> Result<(), String> {
    let Some(folder) = std::env::var_os("EXPLORE_KEEP") else {
        return Ok(());
    };
    for theme in ["light", "dark"] {
        let features = json!([{"name": "prefers-color-scheme", "value": theme}]);
        browser.call("Emulation.setEmulatedMedia", json!({"features": features}))?;
        let shot = browser.call("Page.captureScreenshot", json!({"format": "png"}))?;
        let shot = shot["data"].as_str().unwrap_or_default();
        let file = PathBuf::from(&folder).join(format!("{name}-{theme}.png.base64"));
        fs::write(file, shot).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// A line of the source, the instruction of WebAssembly, that of the IR and that of the machine belong together.
fn links(target: &Target, browser: &mut Browser) -> Result<(), String> {
    let _page = open(browser, "links", &page_of_lines(target, None)?)?;
    find(browser, "area")?;
    let multiply = if target.name == "x64" { "imul" } else { "mul" };
    let of_product = [
        ("source", "value * value"),
        ("wasm", "i32.mul"),
        ("translated", "mul.i32"),
        ("optimised", "mul.i32"),
        ("code", multiply),
    ];
    // From the source to the others, and from each of these to all.
    let line = name_line(browser, "source", "", "value * value")?;
    light(browser, &line, &of_product)?;
    let mut products = Vec::new();
    for (pane, text) in of_product {
        products.push(name_line(browser, pane, ".lit", text)?);
    }
    // What computes the address of an element is not, and what counts.
    for text in ["i32.const -24", "i32.store", "i32.ne"] {
        if lines(browser, "wasm", ".lit")?
            .iter()
            .any(|line| line.contains(text))
        {
            return Err(format!("{text} is lit"));
        }
    }
    for product in products {
        light(browser, &product, &of_product)?;
    }
    let status = browser.value("document.getElementById('status').textContent")?;
    if !status
        .as_str()
        .is_some_and(|text| text.contains("lines.c:"))
    {
        return Err(format!("the status is {status}"));
    }
    // What is held on to stays when the pointer goes.
    let line = name_line(browser, "source", "", "value * value")?;
    until(browser, |browser| {
        browser.point(&line, true)?;
        browser.point("#search", false)?;
        expect(&lines(browser, "code", ".held")?, &[multiply])?;
        expect(&lines(browser, "code", ".lit")?, &[])
    })?;
    let colours = browser.value("new Set([...document.querySelectorAll('.line.held')].map((e) => e.className.match(/hue\\d/)?.[0])).size")?;
    if colours != 1 {
        return Err(format!("{colours} colours for one line"));
    }
    picture(browser, &format!("links-{}", target.name))?;
    browser.key("Escape")?;
    expect(&lines(browser, "code", ".held")?, &[])
}

/// What keys and the search do.
fn keys(target: &Target, browser: &mut Browser) -> Result<(), String> {
    let _page = open(browser, "keys", &page_of_lines(target, None)?)?;
    let mut check = |keys: &[&str], expression: &str| {
        keys.iter().try_for_each(|key| browser.key(key))?;
        let held = browser.wait(expression);
        held.map_err(|why| format!("{keys:?}: {expression}: {why}"))
    };
    let pane =
        |id: &str| format!("document.activeElement === document.querySelector('#{id} .scroll')");
    check(&["j"], "list.cursor === 1")?;
    check(&["ArrowDown", "k", "k", "k"], "list.cursor === 0")?;
    check(&["End"], "list.cursor === list.length - 1")?;
    check(&["Enter"], "chosen === list.order.at(-1)")?;
    check(
        &["Home", "n"],
        "list.cursor === 1 && chosen === list.order[1]",
    )?;
    check(
        &["p"],
        "chosen === list.order[0] && location.hash === '#' + chosen",
    )?;
    check(
        &["s"],
        "list.sort === 0 && index.names[list.order[0]] <= index.names[list.order[1]]",
    )?;
    check(
        &["s", "s"],
        "list.sort === 2 && index.native[list.order[0]] >= index.native[list.order[1]]",
    )?;
    check(&["/"], "document.activeElement.id === 'search'")?;
    check(
        &["p", "r", "i", "n", "t"],
        "list.length === 1 && index.names[list.order[0]].includes('print')",
    )?;
    check(
        &["Enter"],
        "document.querySelector('#name h2').textContent.includes('print') && document.activeElement.id === 'list'",
    )?;
    check(&["Escape"], "list.length === index.names.length")?;
    check(&["ArrowRight"], &pane("source"))?;
    check(&["ArrowRight", "j", "j"], &pane("wasm"))?;
    check(
        &["Enter"],
        "held[0].id === 'wasm' && held[1] === 2 && document.querySelector('#wasm .held') !== null",
    )?;
    check(&["Escape"], "held === undefined")?;
    check(&["5"], "document.getElementById('code').hidden")?;
    check(&["5"], "!document.getElementById('code').hidden")?;
    check(&["t"], "document.documentElement.className === 'dark'")?;
    check(&["t"], "document.documentElement.className === 'light'")?;
    check(&["Escape"], "document.activeElement.id === 'list'")?;
    check(&["?"], "document.getElementById('help').open")
}

/// Names and sources that would be HTML, scripts, quotes, or deceive by their direction.
const EVIL: &str = "</script><script>pwned=1</script><img src=x onerror=pwned=1>'\"`${1}\u{202e}\u{2066}&lt;\u{0}\u{7}";

fn text(target: &Target, browser: &mut Browser) -> Result<(), String> {
    let mut name = String::new();
    for byte in EVIL.bytes() {
        // Writing to a string cannot fail.
        let _ = write!(name, "\\{byte:02x}");
    }
    let module = format!(
        "(module (memory (export \"m\") 1) (global $\"{name}\" (mut i32) (i32.const 0))
           (func $\"{name}\" (export \"{name}\") (param $\"{name}\" i32) (result i32)
             (global.set $\"{name}\" (local.get 0)) (i32.load (local.get 0))))"
    );
    let mut input = compile::input("evil", module.as_bytes())?;
    input.name = EVIL.to_owned();
    input.path = EVIL.to_owned();
    let page = page_of(&[input], &options(target, EntryKind::None), &guests(), None)?;
    if page.contains("pwned") || page.contains('\u{202e}') {
        return Err("a name is in the page as it is".to_owned());
    }
    let _page = open(browser, "text", &page)?;
    find(browser, "pwned")?;
    let shown = browser.value("document.body.innerText")?;
    let shown = shown.as_str().unwrap_or_default();
    let deceives = |c: char| matches!(c, '\u{202e}' | '\u{2066}' | '\0' | '\u{7}');
    if !shown.contains("<img src=x onerror=pwned=1>") || shown.contains(deceives) {
        return Err(format!("shown is {shown}"));
    }
    let state = browser.value("[typeof pwned, document.scripts.length, document.images.length, document.querySelectorAll('main script').length].join()")?;
    if state != "undefined,3,0,0" {
        return Err(format!("the page is {state}"));
    }
    // The policy holds: neither scripts nor HTML nor requests.
    let tried = browser.value(
        "(async () => { const tried = []; const t = async (f) => { try { await f(); tried.push('done'); } catch { tried.push('refused'); } };\
         await t(() => { document.createElement('div').innerHTML = '<b>'; });\
         await t(() => { document.createElement('script').text = 'pwned=1'; });\
         await t(() => fetch('data:text/plain,x'));\
         const img = document.createElement('div'); img.setAttribute('style', 'color: red'); document.body.append(img); tried.push(getComputedStyle(img).color === 'rgb(255, 0, 0)' ? 'done' : 'refused'); img.remove();\
         return tried.join(); })()",
    )?;
    // Those messages are what was asked for.
    browser.forget();
    match tried == "refused,refused,refused,refused" {
        true => Ok(()),
        false => Err(format!("the policy: {tried}")),
    }
}

/// Functions of a component's modules.
fn components(target: &Target, browser: &mut Browser) -> Result<(), String> {
    let text = "(component
        (core module $a (func (export \"first\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 7))))
        (core module $b (import \"a\" \"first\" (func $f (param i32) (result i32)))
          (func (export \"second\") (param i32) (result i32) (i32.xor (call $f (local.get 0)) (i32.const 99))))
        (core instance $a (instantiate $a)) (core instance $b (instantiate $b (with \"a\" (instance $a))))
        (func (export \"outer\") (param \"x\" s32) (result s32) (canon lift (core func $b \"second\"))))";
    let options = options(target, EntryKind::Hosted);
    let page = page_of(
        &[compile::input("both", text.as_bytes())?],
        &options,
        &guests(),
        None,
    )?;
    let _page = open(browser, "components", &page)?;
    for (name, instruction) in [("first", "i32.mul"), ("second", "i32.xor")] {
        find(browser, name)?;
        browser.wait(&format!("record.wasm.text.includes('{instruction}')"))?;
        browser.key("/")?;
        browser.key("Escape")?;
    }
    // The second has taken the first in, and says so.
    find(browser, "second")?;
    let row = browser
        .value("record.code.at.findIndex((place) => record.places[place]?.inlined.length > 0)")?;
    browser.point(&format!("#code .line[data-row=\"{row}\"]"), true)?;
    browser.wait("document.querySelector('#status button').textContent.includes('first')")?;
    browser.point("#status button", true)?;
    browser.wait("document.querySelector('#name h2').textContent.includes('first')")
}

/// So many functions that they are not all in the document.
fn many(target: &Target, browser: &mut Browser) -> Result<(), String> {
    const COUNT: usize = 4000;
    let mut text = String::from("(module (type $t (func (param i32) (result i32)))");
    for i in 0..COUNT {
        let _ = write!(
            text,
            "(func $function_{i} (type $t) (i32.add (local.get 0) (i32.const {i})))"
        );
    }
    // One that is long, too.
    text.push_str("(func $long (type $t)");
    for i in 0..COUNT {
        let _ = write!(
            text,
            "(local.set 0 (i32.rotl (i32.xor (local.get 0) (i32.const {i})) (i32.const 5)))"
        );
    }
    text.push_str("(local.get 0)) (memory 1) (table funcref (elem $long");
    (0..COUNT).for_each(|i| {
        let _ = write!(text, " $function_{i}");
    });
    text.push_str(")) (func (export \"_start\") (drop (call_indirect (type $t) (i32.load (i32.const 12)) (i32.load (i32.const 8))))))");
    let options = options(target, EntryKind::Command);
    let page = page_of(
        &[compile::input("many", text.as_bytes())?],
        &options,
        &guests(),
        None,
    )?;
    let _page = open(browser, "many", &page)?;
    let few = |value: Value| match value.as_u64() {
        Some(1..400) => Ok(()),
        _ => Err(format!("{value} elements")),
    };
    few(browser.value("document.querySelectorAll('.function').length")?)?;
    few(browser.value("document.querySelectorAll('#code .line').length")?)?;
    browser.value("panes[4].lines.scroll.scrollTop = 1e9")?;
    browser.wait("[...document.querySelectorAll('#code .line')].some((e) => Number(e.dataset.row) === record.code.at.length - 1)")?;
    find(browser, "function_3217")?;
    browser.wait("list.length === 1 && record.wasm.text.includes('i32.const 3217')")?;
    browser.key("Escape")?;
    browser.wait("document.querySelector('.function[aria-selected=true]') !== null")?;
    browser.key("End")?;
    browser.wait(&format!(
        "list.cursor >= {COUNT} && document.querySelector('.function.cursor') !== null"
    ))
}

/// Samples are a column, which functions are sorted by.
fn profile(target: &Target, browser: &mut Browser) -> Result<(), String> {
    let profile =
        Profile::parse("lines::print\t7\narea\t3\nnobody\t100\n").map_err(|e| e.to_string())?;
    let _page = open(browser, "profile", &page_of_lines(target, Some(profile))?)?;
    browser.wait("list.columns.length === 4 && list.sort === 3 && index.samples[chosen] === 7 && index.names[chosen].includes('print')")
}

/// The page does not depend on threads or time.
fn same(target: &Target) -> Result<(), String> {
    let module = fs::read(guests().join("lines-O2.wasm")).map_err(|e| e.to_string())?;
    let input = [compile::input("lines", &module)?];
    let pages = [1, 4].map(|jobs| {
        let options = Options {
            jobs,
            ..options(target, EntryKind::Command)
        };
        page_of(&input, &options, &guests(), None)
    });
    let [one, other] = pages;
    match one? == other? {
        true => Ok(()),
        false => Err("two pages differ".to_owned()),
    }
}
