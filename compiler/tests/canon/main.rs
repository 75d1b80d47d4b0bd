//! Functions of the canonical ABI: what they compute, in the interpreter, and that both targets compile them.

mod native;
mod rules;
mod scripts;
mod table;
mod world;
