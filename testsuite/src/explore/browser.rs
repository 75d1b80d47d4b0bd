//! A browser without a window, driven by the DevTools protocol over pipes: JSON messages that end with a zero.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{self, Scratch};
use crate::target::find;

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(120);

/// What browsers of this family are called.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The browser's program, if one is installed.
pub fn program() -> Option<std::path::PathBuf> {
    NAMES.iter().find_map(|name| find(name))
}

/// A running browser with one page.
pub struct Browser {
    process: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    last: u64,
    events: Vec<Value>,
    _profile: Scratch,
}

impl Browser {
    /// Starts one with an empty page of this size.
    pub fn start(program: &Path, (width, height): (u32, u32)) -> Result<Browser, String> {
        let profile = Scratch::new().map_err(|e| e.to_string())?;
        // The protocol's pipes are descriptors 3 and 4.
        let mut command = Command::new("sh");
        command
            .args([
                "-c",
                "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1",
            ])
            .arg(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--remote-debugging-pipe",
            ])
            .arg("--no-first-run")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = process::spawn(&mut command).map_err(|e| e.to_string())?;
        let to = process.stdin.take().expect("it is piped");
        let mut out = process.stdout.take().expect("it is piped");
        let (sender, from) = channel();
        thread::spawn(move || {
            let (mut bytes, mut part) = (Vec::new(), [0; 1 << 16]);
            while let Ok(count) = out.read(&mut part)
                && count > 0
            {
                bytes.extend_from_slice(&part[..count]);
                while let Some(end) = bytes.iter().position(|&byte| byte == 0) {
                    let message: Vec<u8> = bytes.drain(..=end).collect();
                    if let Ok(message) = serde_json::from_slice(&message[..end])
                        && sender.send(message).is_err()
                    {
                        return;
                    }
                }
            }
        });
        let mut browser = Browser {
            process,
            to,
            from,
            session: None,
            last: 0,
            events: Vec::new(),
            _profile: profile,
        };
        browser.attach()?;
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        browser.call("Emulation.setDeviceMetricsOverride", size)?;
        Ok(browser)
    }

    fn attach(&mut self) -> Result<(), String> {
        let targets = self.call("Target.getTargets", json!({}))?;
        let infos = targets["targetInfos"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let page = infos.iter().find(|info| info["type"] == "page");
        let id = page.ok_or("the browser has no page")?["targetId"].clone();
        let attached = self.call(
            "Target.attachToTarget",
            json!({"targetId": id, "flatten": true}),
        )?;
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), json!({}))?;
        }
        Ok(())
    }

    /// Asks for something and waits for the answer.
    pub fn call(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.last += 1;
        let mut message = json!({"id": self.last, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let sent = self.to.write_all(format!("{message}\0").as_bytes());
        sent.map_err(|e| format!("{method}: {e}"))?;
        loop {
            let answer = self.from.recv_timeout(LIMIT);
            let mut answer = answer.map_err(|e| format!("{method}: {e}"))?;
            if answer["id"] != self.last {
                self.events.push(answer);
            } else if answer["error"].is_null() {
                return Ok(answer["result"].take());
            } else {
                return Err(format!("{method}: {}", answer["error"]));
            }
        }
    }

    /// The value of an expression in the page, once it is known.
    pub fn value(&mut self, expression: &str) -> Result<Value, String> {
        let params = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let mut answer = self.call("Runtime.evaluate", params)?;
        match answer["exceptionDetails"].is_null() {
            true => Ok(answer["result"]["value"].take()),
            false => Err(format!("{expression}: {}", answer["exceptionDetails"])),
        }
    }

    /// Opens a file, and waits until an expression holds in it.
    pub fn open(&mut self, path: &Path, ready: &str) -> Result<(), String> {
        self.events.clear();
        let url = format!("file://{}", path.display());
        self.call("Page.navigate", json!({"url": url}))?;
        self.wait(ready)
    }

    /// Waits until an expression holds.
    pub fn wait(&mut self, expression: &str) -> Result<(), String> {
        let wait = format!(
            "new Promise((done, fail) => {{ let n = 0; const look = () => {{ let ok = false; try {{ ok = {expression}; }} catch {{}}\
             ok ? done(true) : ++n > 1500 ? fail(new Error('never')) : setTimeout(look, 20); }}; look(); }})"
        );
        self.value(&wait).map(|_| ())
    }

    /// Moves the pointer to the middle of the first element of a selector, and clicks if asked to.
    pub fn point(&mut self, selector: &str, click: bool) -> Result<(), String> {
        let place = self.value(&format!(
            "(() => {{ const r = document.querySelector({}).getBoundingClientRect(); return [r.x + Math.min(r.width / 2, 60), r.y + r.height / 2]; }})()",
            json!(selector)
        ))?;
        let mut send = |kind: &str, button: &str| {
            let event = json!({"type": kind, "x": place[0], "y": place[1], "button": button, "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event)
        };
        send("mouseMoved", "none")?;
        if click {
            send("mousePressed", "left")?;
            send("mouseReleased", "left")?;
        }
        Ok(())
    }

    /// Presses and releases a key, by the name that scripts know it by.
    pub fn key(&mut self, key: &str) -> Result<(), String> {
        let mut event = json!({"type": "keyDown", "key": key});
        if key.chars().count() == 1 {
            event["text"] = key.into();
        }
        self.call("Input.dispatchKeyEvent", event)?;
        self.call(
            "Input.dispatchKeyEvent",
            json!({"type": "keyUp", "key": key}),
        )?;
        Ok(())
    }

    /// Leaves out of [`faults`](Self::faults) what has been so far.
    pub fn forget(&mut self) {
        self.events.clear();
    }

    /// What has gone wrong since the page was opened: exceptions, messages, whatever was asked of a network or of other files.
    pub fn faults(&mut self) -> Vec<String> {
        let is_fault = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown" | "Log.entryAdded" | "Runtime.consoleAPICalled") => true,
            Some("Network.requestWillBeSent") => event["params"]["type"] != "Document",
            _ => false,
        };
        let faults = self.events.iter().filter(is_fault);
        faults.map(Value::to_string).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
