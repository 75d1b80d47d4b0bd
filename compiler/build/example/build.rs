//! One line for each module.

fn main() {
    wative_build::compile("words.wat");
}
