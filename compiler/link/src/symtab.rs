//! The symbol table for debuggers and profilers: what is in the executable and has a name, local symbols first (gABI, "Symbol Table").

use object::LittleEndian as LE;
use object::elf::{
    SHN_ABS, STB_GLOBAL, STB_LOCAL, STB_WEAK, STT_FILE, STT_SECTION, STT_TLS, STV_DEFAULT, Sym64,
    SymbolBind, SymbolInfo, SymbolOther, SymbolSection, SymbolType,
};
use object::{U16, U32, U64};

use crate::chunk::Rank;
use crate::layout::Layout;
use crate::program::{Place, Program, Symbol, SymbolId, Target};

/// The tables.
#[derive(Default)]
pub struct Tables {
    pub symbols: Vec<Sym64<LE>>,
    /// Names of symbols and sections.
    pub names: Vec<u8>,
    /// Number of local symbols.
    pub locals: u32,
}

/// Collects the symbols. `headers` has the section header's index for each chunk.
pub fn collect(program: &Program, layout: &Layout, headers: &[Option<u16>]) -> Tables {
    let mut tables = Tables::default();
    tables.names.push(0);
    tables.symbols.push(entry(0, STB_LOCAL, 0, 0, 0, 0));
    for want_local in [true, false] {
        for (index, symbol) in program.symbols.iter().enumerate() {
            let id = SymbolId(index as u32);
            let is_local = symbol.global.is_none() || symbol.is_hidden;
            if is_local == want_local && program.winner(id) == id {
                tables.add(program, layout, headers, id, is_local);
            }
        }
        if want_local {
            tables.locals = tables.symbols.len() as u32;
        }
    }
    tables
}

impl Tables {
    /// Adds a name and returns where it is.
    pub fn name(&mut self, name: &[u8]) -> u32 {
        let at = self.names.len() as u32;
        self.names.extend(name);
        self.names.push(0);
        at
    }

    fn add(
        &mut self,
        program: &Program,
        layout: &Layout,
        headers: &[Option<u16>],
        id: SymbolId,
        is_local: bool,
    ) {
        let symbol = program.symbol(id);
        if !is_of_use(symbol) {
            return;
        }
        let (section, value) = match program.symbol_target(id) {
            Target::Section(section, offset) => {
                let Some((number, start)) = layout.place_number(section) else {
                    return;
                };
                let chunk = &layout.chunks[number];
                let Some(header) = headers[number].filter(|_| chunk.rank != Rank::Debug) else {
                    return;
                };
                let address = chunk.address + start + offset;
                let base = match SymbolType(symbol.kind) {
                    STT_TLS => layout.thread().map_or(0, |(start, ..)| start),
                    _ => 0,
                };
                (header, address.wrapping_sub(base))
            }
            Target::Absolute(value) => (SHN_ABS.0, value),
            Target::Null | Target::Edge(_) | Target::Missing => return,
        };
        let binding = match (is_local, symbol.is_weak) {
            (true, _) => STB_LOCAL,
            (false, true) => STB_WEAK,
            (false, false) => STB_GLOBAL,
        };
        let name = self.name(symbol.name);
        let entry = entry(name, binding, symbol.kind, section, value, symbol.size);
        self.symbols.push(entry);
    }
}

/// Whether a symbol says something to people. Those of compilers for themselves do not, and neither do AArch64's marks where code and data begin.
fn is_of_use(symbol: &Symbol) -> bool {
    let is_mark = matches!(
        symbol.name,
        [b'$', b'x' | b'd'] | [b'$', b'x' | b'd', b'.', ..]
    );
    let kind = SymbolType(symbol.kind);
    !symbol.name.is_empty()
        && !symbol.name.starts_with(b".L")
        && !is_mark
        && kind != STT_FILE
        && kind != STT_SECTION
        && symbol.place != Place::Undefined
}

/// A symbol; `section` is the index of a section header.
pub fn entry(
    name: u32,
    binding: SymbolBind,
    kind: u8,
    section: u16,
    value: u64,
    size: u64,
) -> Sym64<LE> {
    Sym64 {
        st_name: U32::new(LE, name),
        st_info: SymbolInfo::new(binding, SymbolType(kind)),
        st_other: SymbolOther(STV_DEFAULT.0),
        st_shndx: U16::new(LE, SymbolSection(section)),
        st_value: U64::new(LE, value),
        st_size: U64::new(LE, size),
    }
}
