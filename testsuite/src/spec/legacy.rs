//! Scripts in the text form of the legacy exceptions, for a parser that knows their instructions one after the other but not folded:
//! `(try (result i32) (do A) (catch $e B))` becomes `try (result i32) A catch $e B end`, in the same lines.
//!
//! That is right wherever instructions may stand one after the other. Folded operands are no such place; scripts have no `try` there.

/// What a closing parenthesis becomes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Close {
    Parenthesis,
    /// Of `(do`, `(catch`, `(catch_all`, `(delegate`.
    Nothing,
    /// Of `(try`.
    End,
    /// Of a `(try` with a `(delegate`, which ends it.
    Delegated,
}

/// Unfolds every `try`.
pub fn unfold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Vec<Close> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '"' => string_len(rest),
            ';' if rest.starts_with(";;") => rest.find('\n').unwrap_or(rest.len()),
            '(' if rest.starts_with("(;") => rest.find(";)").map_or(rest.len(), |end| end + 2),
            '(' => {
                let word_len = rest[1..]
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(rest.len() - 1);
                let word = &rest[1..1 + word_len];
                let close = match word {
                    "try" => Close::End,
                    "do" | "catch" | "catch_all" if in_try(&open) => Close::Nothing,
                    "delegate" if in_try(&open) => {
                        if let Some(around) = open.last_mut() {
                            *around = Close::Delegated;
                        }
                        Close::Nothing
                    }
                    _ => Close::Parenthesis,
                };
                open.push(close);
                match close {
                    Close::Parenthesis => {
                        out.push('(');
                        rest = &rest[1..];
                    }
                    Close::Nothing | Close::End | Close::Delegated => {
                        let shown = if word == "do" { "" } else { word };
                        out.push(' ');
                        out.push_str(shown);
                        rest = &rest[1 + word_len..];
                    }
                }
                continue;
            }
            ')' => {
                out.push_str(match open.pop() {
                    Some(Close::Nothing | Close::Delegated) => " ",
                    Some(Close::End) => " end ",
                    Some(Close::Parenthesis) | None => ")",
                });
                rest = &rest[1..];
                continue;
            }
            c => c.len_utf8(),
        };
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out
}

fn in_try(open: &[Close]) -> bool {
    matches!(open.last(), Some(Close::End | Close::Delegated))
}

/// Bytes of the string that the text begins with.
fn string_len(text: &str) -> usize {
    let mut escaped = false;
    let end = text[1..].find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_replace_parentheses() {
        let words = |text: &str| {
            unfold(text)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(
            words("(func (try $t (result i32) (do (f \"(try)\")) (catch $e (g)) (catch_all)))"),
            "(func try $t (result i32) (f \"(try)\") catch $e (g) catch_all end )"
        );
        assert_eq!(
            words("(try (do (try (do) (delegate 0))) (catch_all (; (try ;)))"),
            "try try delegate 0 catch_all (; (try ;) end"
        );
        assert_eq!(
            words("(catch $e $l) (try_table (do))"),
            "(catch $e $l) (try_table (do))"
        );
    }
}
