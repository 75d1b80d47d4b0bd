//! The types that the host's functions have, so that an import is not only of the same flat type: `wasi.txt`.

use super::flat::Flat;
use super::wit;
use crate::host;
use crate::ir::component::CFuncType;

const WASI: &str = include_str!("wasi.txt");

/// Characters of a host's type in messages.
const SHOWN: usize = 300;

/// The type that the host's function has, if it is another than that of an import. Names of parameters do not matter.
pub fn difference(flat: &Flat, interface: &str, name: &str, ty: &CFuncType) -> Option<String> {
    let own = of_host(host::track(interface)?, name)?;
    if own == wit::signature(flat, ty) {
        return None;
    }
    Some(match own.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &own[..end]),
        None => own,
    })
}

/// The type of a function of the host.
fn of_host(interface: &str, name: &str) -> Option<String> {
    let mut types: Vec<(&str, String)> = Vec::new();
    let mut current = "";
    for line in WASI.lines().filter(|line| !line.starts_with('#')) {
        if let Some((type_name, ty)) = line.split_once(" = ") {
            types.push((&type_name[1..], expanded(ty, &types)));
        } else if let Some((function, ty)) = line.split_once(' ') {
            if current == interface && function == name {
                return Some(expanded(ty, &types));
            }
        } else {
            current = line;
        }
    }
    None
}

/// A text with types for their names.
fn expanded(text: &str, types: &[(&str, String)]) -> String {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let (name, rest) = part.split_at(end.unwrap_or(part.len()));
        let known = types.iter().find(|(known, _)| *known == name);
        let (_, ty) = known.expect("a type that is defined before");
        out.push_str(ty);
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_functions_of_wasi_have_a_type() {
        let functions = host::HOST_FUNCTIONS.iter();
        let is_of_wasi = |function: &&host::Import| function.modules[0].contains(':');
        for function in functions.filter(is_of_wasi) {
            let ty = of_host(function.modules[0], function.name);
            let ty = ty.unwrap_or_else(|| panic!("{function:?}"));
            let rest = ty.strip_prefix("async ");
            assert_eq!(rest.is_some(), function.is_async, "{function:?}");
            let rest = rest.unwrap_or(&ty);
            assert!(rest.starts_with("func(") && !rest.contains('$'), "{ty}");
        }
        let lines = WASI.lines().filter(|line| line.contains(" func("));
        for line in lines {
            let name = line.split(' ').next();
            let mut functions = host::HOST_FUNCTIONS.iter();
            assert!(functions.any(|it| Some(it.name) == name), "{line}");
        }
    }
}
