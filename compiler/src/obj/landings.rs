//! What the runtime reads to find the handlers of an exception: one [`abi::CatchSite`] per call whose exceptions are handled, their
//! [`abi::Handler`]s, and the tags. A program without handlers has none of it.

use super::descs::place_field;
use super::instances::array;
use super::section::{Addr, Section, record};
use super::{Emitter, tables, traps};
use crate::abi;
use crate::entity::EntityId;
use crate::error::Error;
use crate::ir::{Program, SigId, TagId, Type, World};
use crate::mach::compiled::CompiledFunc;

/// Fields of the `CodeDesc`.
pub struct Landings {
    pub catches: Addr,
    pub catch_count: u64,
    pub handlers: Addr,
}

/// Writes sites and handlers. `offsets` are those of the functions.
pub fn write(
    program: &Program,
    funcs: &[CompiledFunc],
    offsets: &[u32],
    rodata: &mut Section,
) -> Result<Landings, Error> {
    let mut sites: Vec<abi::CatchSite> = Vec::new();
    let mut handlers: Vec<abi::Handler> = Vec::new();
    let index = |handlers: &[abi::Handler]| {
        u32::try_from(handlers.len())
            .map_err(|_| Error::new("the program has too many handlers of exceptions"))
    };
    for (func, &offset) in funcs.iter().zip(offsets) {
        for landing in &func.landings {
            sites.push(abi::CatchSite {
                pc: offset + landing.offset,
                first: index(&handlers)?,
            });
            handlers.extend(landing.handlers.iter().map(|&(tag, to)| abi::Handler {
                tag: tag.map_or(abi::Handler::ALL, |tag| key(program, tag)),
                pc: offset + to,
            }));
        }
    }
    if sites.is_empty() {
        return Ok(Landings {
            catches: Addr::Null,
            catch_count: 0,
            handlers: Addr::Null,
        });
    }
    let count = sites.len();
    sites.push(abi::CatchSite {
        pc: u32::MAX,
        first: index(&handlers)?,
    });
    let start = rodata.align_to(align_of::<abi::CatchSite>() as u64);
    for site in &sites {
        let at = rodata.alloc_for::<abi::CatchSite>();
        record!(
            rodata,
            at,
            CatchSite {
                pc: site.pc,
                first: site.first
            }
        );
    }
    let list = rodata.align_to(align_of::<abi::Handler>() as u64);
    for handler in &handlers {
        let at = rodata.alloc_for::<abi::Handler>();
        record!(
            rodata,
            at,
            Handler {
                tag: handler.tag,
                pc: handler.pc
            }
        );
    }
    Ok(Landings {
        catches: Addr::At(start),
        catch_count: count as u64,
        handlers: Addr::At(list),
    })
}

/// How handlers name a tag.
fn key(program: &Program, tag: TagId) -> u32 {
    match program.world {
        World::Closed => tag.as_u32(),
        World::Open => place_field(program.tags[tag].place),
    }
}

impl Emitter<'_> {
    /// Writes the tags: the array and its length.
    pub fn write_tags(&mut self) {
        let mut names = Vec::new();
        for (tag, decl) in self.program.tags.iter() {
            let name = crate::show::name(&decl.name);
            let at = self.rodata.append(name.as_bytes(), 1);
            let sig = if self.is_open() {
                self.sig(decl.sig)
            } else {
                Addr::Null
            };
            // For exceptions that go from instance to instance.
            let references = if self.is_open() {
                self.payload_references(tag, decl.sig)
            } else {
                Addr::Null
            };
            names.push((Addr::At(at), name.len() as u64, sig, references));
        }
        let start = self.relro.align_to(align_of::<abi::TagDesc>() as u64);
        for &(name, len, sig, references) in &names {
            let at = self.relro.alloc_for::<abi::TagDesc>();
            record!(
                self.relro,
                at,
                TagDesc {
                    name: name,
                    name_len: len,
                    sig: sig,
                    references: references
                }
            );
        }
        self.tags = array(start, names.len());
    }

    /// The number of the type of exceptions with a tag, and which slots of their payload are references to objects.
    fn payload_references(&mut self, tag: TagId, sig: SigId) -> Addr {
        let (mut slot, mut slots) = (0, Vec::new());
        for &ty in &self.program.types[sig].params {
            if ty.ir() == Type::Gc {
                slots.push(slot);
            }
            slot += ty.ir().bytes().div_ceil(8);
        }
        if slots.is_empty() {
            return Addr::Null;
        }
        let mut map = Vec::new();
        let number = self.program.types.exception_number(tag);
        traps::leb128(number.into(), &mut map);
        tables::map(&slots, &mut map);
        Addr::At(self.rodata.append(&map, 1))
    }

    /// The tags by number, as `CodeDesc` has them: nothing in an open world.
    pub fn numbered_tags(&self) -> (Addr, u64) {
        if self.is_open() {
            (Addr::Null, 0)
        } else {
            self.tags
        }
    }

    /// The descriptor of a tag.
    pub fn tag_at(&self, tag: TagId) -> Addr {
        match self.tags.0 {
            Addr::At(start) => {
                Addr::At(start.plus(tag.index() as u64 * size_of::<abi::TagDesc>() as u64))
            }
            other => other,
        }
    }
}
