//! Damaged components, for the fuzzer: bytes changed as in modules, and sections removed, doubled, moved and exchanged at any depth, with sizes that are
//! right again, so that the damage is not the first thing that a reader finds.

use std::fs;

use wative_compiler::Input;

use crate::corpus;
use crate::random::Random;

/// Largest component that is damaged, in bytes.
const LARGEST: usize = 300_000;

/// Bytes before the first section.
const HEADER: usize = 8;

/// How components begin: magic number, version 13 and layer 1.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// Sections of a component that contain sections: core modules and components.
const NESTED: [u8; 2] = [1, 4];

/// Components to damage: those of the scripts, of our guests and, where it is found, of the corpus.
pub fn components() -> Vec<Vec<u8>> {
    let (scripts, _) = super::parse("");
    let mut all: Vec<Vec<u8>> = Vec::new();
    for script in scripts {
        all.extend(script.instances.into_iter().map(|instance| instance.bytes));
        all.extend(script.checks.into_iter().map(|check| check.bytes));
    }
    let mut folders = vec![corpus::root().join("testsuite/guests")];
    folders.extend(corpus::find().map(|corpus| corpus.join("components/modules")));
    for folder in folders {
        for path in corpus::files(&folder, "wasm") {
            all.extend(fs::read(path));
        }
    }
    all.retain(|bytes| bytes.len() <= LARGEST && bytes.starts_with(COMPONENT));
    all
}

/// A damaged component, or two or three of which the first imports from the others, as `--plug` has them.
pub fn inputs(
    components: &[Vec<u8>],
    damage: impl Fn(&mut Vec<u8>, &mut Random),
    random: &mut Random,
) -> Vec<Input> {
    let plugs = random.below(6).saturating_sub(3);
    // Whole ones are more likely to have something to say to each other.
    let is_whole = plugs != 0 && random.below(4) == 0;
    let input = |index| {
        let mut bytes = random.pick(components).clone();
        let times = if is_whole { 0 } else { 1 + random.below(4) };
        for _ in 0..times {
            match random.below(3) {
                0 => damage(&mut bytes, random),
                _ => bytes = change(&bytes, components, &damage, random),
            }
        }
        Input {
            name: format!("mutant{index}"),
            path: format!("mutant{index}.wasm"),
            bytes,
            links: Vec::new(),
        }
    };
    (0..=plugs).map(input).collect()
}

/// Changes a component or module at a random depth, section by section.
fn change(
    bytes: &[u8],
    others: &[Vec<u8>],
    damage: &impl Fn(&mut Vec<u8>, &mut Random),
    random: &mut Random,
) -> Vec<u8> {
    let Some(mut sections) = sections(bytes).filter(|sections| !sections.is_empty()) else {
        let mut bytes = bytes.to_vec();
        damage(&mut bytes, random);
        return bytes;
    };
    let at = random.below(sections.len());
    let is_nested = NESTED.contains(&sections[at].0) && self::sections(&sections[at].1).is_some();
    if is_nested && random.below(4) != 0 {
        sections[at].1 = change(&sections[at].1, others, damage, random);
    } else {
        match random.below(7) {
            0 => _ = sections.remove(at),
            1 => {
                let copy = sections[at].clone();
                sections.insert(random.below(sections.len() + 1), copy);
            }
            2 => {
                let other = random.below(sections.len());
                sections.swap(at, other);
            }
            3 => {
                let other = self::sections(random.pick::<Vec<u8>>(others)).unwrap_or_default();
                if !other.is_empty() {
                    let other = random.pick(&other).clone();
                    sections.insert(at, other);
                }
            }
            _ => damage(&mut sections[at].1, random),
        }
    }
    let mut out = bytes[..HEADER].to_vec();
    for (id, contents) in sections {
        out.push(id);
        number(&mut out, contents.len());
        out.extend(contents);
    }
    out
}

/// The sections of a component or module with their numbers; `None` if it has no such form.
fn sections(bytes: &[u8]) -> Option<Vec<(u8, Vec<u8>)>> {
    let mut rest = bytes.strip_prefix(b"\0asm")?.get(HEADER - 4..)?;
    let mut found = Vec::new();
    while let Some((&id, mut after)) = rest.split_first() {
        let (mut len, mut shift) = (0usize, 0);
        loop {
            let (&byte, more) = after.split_first()?;
            after = more;
            len |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
            if shift > 28 {
                return None;
            }
        }
        found.push((id, after.get(..len)?.to_vec()));
        rest = &after[len..];
    }
    Some(found)
}

/// Writes an unsigned number in LEB128.
fn number(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
