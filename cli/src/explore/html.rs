//! The page as one file.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde::Serialize;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("explore.js");

/// Deflated JSON in base64.
pub fn pack(value: &impl Serialize) -> String {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    let json = serde_json::to_vec(value).expect("it has strings for keys");
    let packed = deflate.write_all(&json).and_then(|()| deflate.finish());
    STANDARD.encode(packed.expect("memory takes it"))
}

/// The page with its index and the records of functions.
pub fn page(index: &str, records: &[&str]) -> String {
    let nonce = nonce(index, records);
    let mut page = String::new();
    let mut rest = PAGE;
    // Each part is put in once, and what was put in is not looked at again.
    while let Some((before, behind)) = rest.split_once("{{") {
        let (name, behind) = behind.split_once("}}").expect("it is closed");
        page.push_str(before);
        match name {
            "style" => page.push_str(STYLE),
            "script" => page.push_str(SCRIPT),
            "nonce" => page.push_str(&nonce),
            "index" => page.push_str(index),
            "records" => records.iter().for_each(|record| page.push_str(record)),
            _ => unreachable!("no part is called {name}"),
        }
        rest = behind;
    }
    page + rest
}

/// By what the policy knows the page's own style and script. It depends on all contents, so that nothing in these can have it.
fn nonce(index: &str, records: &[&str]) -> String {
    let mut hash = blake3::Hasher::new();
    for part in [PAGE, STYLE, SCRIPT, index].iter().chain(records) {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    STANDARD.encode(&hash.finalize().as_bytes()[..18])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scripts and styles end at their end tags, wherever these are.
    #[test]
    fn parts_do_not_end_early() {
        for (part, end) in [(STYLE, "</style"), (SCRIPT, "</script"), (SCRIPT, "<!--")] {
            assert!(!part.to_lowercase().contains(end));
        }
    }

    #[test]
    fn every_part_is_there_once() {
        let page = page("INDEX", &["ONE", "TWO"]);
        assert!(!page.contains("{{") && page.contains(">ONETWO<") && page.contains(">INDEX<"));
        for part in [STYLE, SCRIPT] {
            assert_eq!(page.matches(part).count(), 1);
        }
        let policy = page
            .lines()
            .find(|line| line.contains("Content-Security-Policy"));
        let policy = policy.expect("there is one");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    }

    #[test]
    fn what_is_packed_is_base64() {
        let packed = pack(&"</script><b>\u{202e}");
        assert!(
            packed
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || b"+/=".contains(&c))
        );
    }
}
