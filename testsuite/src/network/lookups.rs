//! Names that are looked up with a server and a hosts file of our own.

use std::fs;
use std::process::{Command, Stdio};

use super::attempts::{Attempt, judge};
use super::{Rules, dns, executable, fastest, run};
use crate::process::Scratch;
use crate::report::Report;
use crate::target::Target;

/// Takes the place of the system's files in a namespace that nobody else sees, then runs the rest.
const INSIDE: &str =
    r#"mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/hosts && shift 2 && exec "$@""#;

/// What is looked up, and what comes of it.
const LOOKUPS: &[Attempt] = &[
    ("lookup", "a.example", "127.0.0.1 ok"),
    ("lookup", "A.EXAMPLE", "127.0.0.1 ok"),
    ("lookup", "a.example.", "127.0.0.1 ok"),
    (
        "lookup",
        "both.example",
        "0000:0000:0000:0000:0000:0000:0000:0001 127.0.0.1 ok",
    ),
    ("lookup", "alias.example", "127.0.0.5 ok"),
    ("lookup", "big.example", "127.0.1.1 127.0.1.2 127.0.1.3 ok"),
    ("lookup", "wrong.example", "127.0.0.6 ok"),
    // Without a dot the domains come first; a dot at the end keeps them away.
    ("lookup", "short", "127.0.0.1 ok"),
    ("lookup", "short.", "name-unresolvable"),
    ("lookup", "bare", "127.0.0.9 ok"),
    ("lookup", "short.search.example", "127.0.0.1 ok"),
    ("lookup", "none.example", "name-unresolvable"),
    ("lookup", "empty.example", "name-unresolvable"),
    ("lookup", "loop.example", "name-unresolvable"),
    ("lookup", "refused.example", "permanent-resolver-failure"),
    ("lookup", "fail.example", "temporary-resolver-failure"),
    ("lookup", "silent.example", "temporary-resolver-failure"),
    ("lookup", "cut.example", "temporary-resolver-failure"),
    ("lookup", "filehost", "127.0.0.3 ok"),
    ("lookup", "FileAlias", "127.0.0.3 ok"),
    ("lookup", "127.0.0.7", "127.0.0.7 ok"),
    (
        "lookup",
        "::1",
        "0000:0000:0000:0000:0000:0000:0000:0001 ok",
    ),
    (
        "lookup",
        "[::1]",
        "0000:0000:0000:0000:0000:0000:0000:0001 ok",
    ),
];

/// What a program may do that was granted one name: connecting is refused by the system where nobody listens.
const ONE_NAME: &[Attempt] = &[
    ("connect", "127.0.0.1:1", "access-denied"),
    ("lookup", "alias.example", "access-denied"),
    ("lookup", "short", "access-denied"),
    ("lookup", "filehost", "access-denied"),
    ("lookup", "a.example/1", "127.0.0.1 connection-refused"),
    ("connect", "127.0.0.1:1", "connection-refused"),
    ("connect", "127.0.0.1:2", "access-denied"),
    ("connect", "127.0.0.5:1", "access-denied"),
];

/// Runs the tests whose names contain the filter.
pub fn run_all(target: &Target, filter: &str, report: &mut Report) {
    let cases: [(&str, Rules, &[Attempt]); 2] = [
        ("lookups of every kind", &[("dns", "any")], LOOKUPS),
        (
            "lookups of one name",
            &[("connect", "a.example:1")],
            ONE_NAME,
        ),
    ];
    for (name, rules, attempts) in cases {
        if !name.contains(filter) {
            continue;
        }
        if !has_namespaces() {
            report.skip(1, "no namespaces can be made (unshare)");
            continue;
        }
        let both = ["net/attempt", "net3/attempt"]
            .iter()
            .try_for_each(|guest| {
                check(target, guest, rules, attempts).map_err(|why| format!("{guest}: {why}"))
            });
        report.outcome(name, both);
    }
}

fn has_namespaces() -> bool {
    let mut command = Command::new("unshare");
    command.args(["-rm", "mount", "--bind", "/dev/null", "/etc/resolv.conf"]);
    command.stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn check(target: &Target, guest: &str, rules: Rules, attempts: &[Attempt]) -> Result<(), String> {
    let explain = |e: std::io::Error| e.to_string();
    let port = dns::start()?;
    let executable = executable(guest, target, fastest(target), rules)?;
    let scratch = Scratch::new().map_err(explain)?;
    let (resolv, hosts) = (
        scratch.path().join("resolv.conf"),
        scratch.path().join("hosts"),
    );
    let text = format!(
        "# ours\nnameserver [127.0.0.1]:{port}\nsearch search.example\noptions timeout:1 attempts:1\n"
    );
    fs::write(&resolv, text).map_err(explain)?;
    fs::write(&hosts, "127.0.0.3\tfilehost filealias # ours\n").map_err(explain)?;
    let path = scratch.executable(&executable).map_err(explain)?;
    let mut command = Command::new("unshare");
    command
        .args(["-rm", "sh", "-c", INSIDE, "sh"])
        .args([resolv, hosts]);
    command.args(&target.runner).arg(path);
    for (what, whom, _) in attempts {
        command.args([what, whom]);
    }
    let finished = run(command)?;
    if finished.code() != 0 {
        return Err(finished.describe());
    }
    judge(attempts, &finished.stdout)
}
