//! Instructions that are no calls and no terminators.

use super::conts::{INBOX, SLOTS};
use super::frames::Frame;
use super::state::{instance_ptr, load, wide_mask};
use super::{Interp, Stop};
use crate::abi::TrapCode;
use crate::entity::EntityId;
use crate::ir::eval::{self, eval};
use crate::ir::eval_vec::eval_vec;
use crate::ir::imm::{Callee, Imm, RawRegion};
use crate::ir::op::{Op, Shape, atomic_access, object_op};
use crate::ir::program::{RtFn, Symbol};
use crate::ir::types::{Access, Type};
use crate::ir::{Inst, InstData, Value};

impl Interp<'_> {
    /// An instruction that is no terminator.
    pub(super) fn step(
        &mut self,
        frame: &mut Frame,
        inst: Inst,
        data: &InstData,
    ) -> Result<(), Stop> {
        let (func, values) = (frame.func, &mut frame.values);
        let wide: Vec<u128> = data
            .args
            .iter()
            .map(|&v| values[v.index()] & wide_mask(func.values[v].ty))
            .collect();
        let args: Vec<u64> = wide.iter().map(|&bits| bits as u64).collect();
        let from = |value: Value| func.values[value].ty;
        let mut define = |results: &[u128]| {
            for (value, bits) in func.results(inst).zip(results) {
                values[value.index()] = bits & wide_mask(func.values[value].ty);
            }
        };
        match (data.op, &data.imm) {
            (Op::Const, Imm::Bits(bits)) => define(&[u128::from(*bits)]),
            (Op::Const, Imm::Vec(bits)) => define(&[*bits]),
            (Op::Select, _) => define(&[if args[0] as u32 != 0 {
                wide[1]
            } else {
                wide[2]
            }]),
            (
                Op::Load | Op::Store,
                Imm::Mem {
                    mem,
                    access,
                    offset,
                },
            ) => {
                let len = u64::from(access.bytes(data.ty));
                let start = args[0]
                    .checked_add(*offset)
                    .ok_or(TrapCode::MemoryOutOfBounds)?;
                if data.op == Op::Store && data.ty == Type::V128 && *access == Access::Full {
                    self.tear(*mem, start, wide[1]);
                }
                let bytes = self.state.bytes(*mem, start, len)?;
                if data.op == Op::Load {
                    define(&[load(bytes, data.ty, *access)]);
                } else {
                    bytes.copy_from_slice(&wide[1].to_le_bytes()[..len as usize]);
                }
            }
            (
                Op::SymbolAddr,
                &Imm::Symbol {
                    symbol: Symbol::Instance(module),
                    offset,
                },
            ) => define(&[instance_ptr(module, offset).into()]),
            (Op::InstanceAddr, &Imm::Module(module)) => {
                define(&[instance_ptr(module, 0).into()]);
            }
            (
                Op::SymbolAddr,
                Imm::Symbol {
                    symbol: Symbol::Func(_),
                    ..
                },
            ) => {
                // What calls the function of a new continuation, which is known by that function.
                define(&[0]);
            }
            (Op::SlotAddr, &Imm::Slot(slot)) => {
                let sizes = func.slots.values().map(|slot| slot.size as usize);
                if frame.slots.is_empty() {
                    frame.slots = vec![0; sizes.clone().sum()];
                }
                let offset: usize = sizes.take(slot.index()).sum();
                define(&[u128::from(SLOTS + offset as u64)]);
            }
            (
                Op::RawStore,
                &Imm::Raw {
                    access,
                    offset,
                    region: RawRegion::Slot,
                    ..
                },
            ) => {
                let len = access.bytes(data.ty) as usize;
                let place = args[0]
                    .wrapping_add_signed(offset.into())
                    .wrapping_sub(SLOTS);
                let place = usize::try_from(place)
                    .ok()
                    .and_then(|place| frame.slots.get_mut(place..place.checked_add(len)?));
                let place =
                    place.ok_or_else(|| Stop::Unsupported("a store beyond slots".to_string()))?;
                place.copy_from_slice(&wide[1].to_le_bytes()[..len]);
            }
            (
                Op::RawLoad,
                &Imm::Raw {
                    access,
                    offset,
                    region: RawRegion::Native,
                    ..
                },
            ) => {
                let len = access.bytes(data.ty) as usize;
                let place = args[0]
                    .wrapping_add_signed(offset.into())
                    .wrapping_sub(INBOX);
                let first = self.inbox.iter().skip(place as usize / 8).take(2);
                let bytes: Vec<u8> = first.flat_map(|slot| slot.to_le_bytes()).collect();
                let bytes = bytes
                    .get(..len)
                    .ok_or_else(|| Stop::Unsupported("a load of native memory".to_string()))?;
                define(&[load(bytes, data.ty, access)]);
            }
            (
                Op::CallSymbol,
                Imm::CallSymbol {
                    callee: Callee::Runtime(RtFn::ExnKeep),
                    ..
                },
            ) => {}
            (Op::PtrAdd, _) => define(&[u128::from(args[0].wrapping_add(args[1]))]),
            // Of what is in instances only items of segments are here; that their descriptor says where they lie is known.
            (
                Op::RawStore,
                &Imm::Raw {
                    offset,
                    region: RawRegion::Segments,
                    ..
                },
            ) => {
                let place = args[0].wrapping_add_signed(offset.into());
                self.state.computed.insert(place, args[1]);
            }
            (Op::CallSymbol, Imm::CallSymbol { callee, .. }) => {
                let results = self.runtime_call(*callee, &args)?;
                let results: Vec<u128> = results.into_iter().map(u128::from).collect();
                define(&results);
            }
            (Op::TrapIf, Imm::Trap(code)) => {
                if args[0] as u32 != 0 {
                    return Err(Stop::Trap(*code));
                }
            }
            (Op::GlobalGet, Imm::Global(global)) => define(&[self.state.globals[*global]]),
            (Op::GlobalSet, Imm::Global(global)) => self.state.globals[*global] = wide[0],
            (Op::RefFunc, Imm::Func(id)) => define(&[u128::from(id.as_u32()) + 1]),
            (Op::ExnGet, Imm::Payload { index, .. }) => {
                let (_, payload) = &self.state.exceptions[args[0] as usize - 1];
                define(&[payload[*index as usize]]);
            }
            (
                Op::MemorySize
                | Op::MemoryGrow
                | Op::MemoryFill
                | Op::MemoryCopy
                | Op::MemoryInit
                | Op::MemoryPlace
                | Op::DataDrop,
                imm,
            ) => {
                if let Some(result) = self.memory_op(data.op, imm, &args)? {
                    define(&[u128::from(result)]);
                }
            }
            (
                Op::TableGet
                | Op::TableSet
                | Op::TableSize
                | Op::TableGrow
                | Op::TableFill
                | Op::TableCopy
                | Op::TableInit
                | Op::TablePlace
                | Op::ElemDrop,
                imm,
            ) => {
                if let Some(result) = self.table_op(data.op, imm, &args)? {
                    define(&[u128::from(result)]);
                }
            }
            (op, imm) if op.shape() == Shape::Vector => {
                let Some(bits) = eval_vec(op, imm, &wide) else {
                    return Err(Stop::Unsupported(format!("{} {imm:?}", op.name())));
                };
                let bits = self.vector_nans(op, imm, &wide, bits);
                define(&[bits]);
            }
            (
                atomic_access!() | Op::AtomicWait | Op::AtomicNotify,
                Imm::Mem {
                    mem,
                    access,
                    offset,
                },
            ) => {
                let place = (*mem, *access, *offset);
                if let Some(result) = self.atomic(data, place, &args)? {
                    define(&[u128::from(result)]);
                }
            }
            (Op::AtomicFence, _) => {}
            (Op::GcTest | Op::FuncTest, _) => {
                let found = self.is_cast(data, args[0])?;
                define(&[u128::from(found)]);
            }
            (
                object_op!()
                | Op::GcNew
                | Op::GcNewArray
                | Op::GcNewData
                | Op::GcNewElem
                | Op::ArrayCopy
                | Op::ArrayInitData
                | Op::ArrayInitElem
                | Op::AnyConvertExtern
                | Op::ExternConvertAny,
                _,
            ) => {
                if let Some(result) = self.object_op(data, &wide)? {
                    define(&[result]);
                }
            }
            (op, imm) => {
                let from = data.args.first().map_or(data.ty, |&v| from(v));
                let Some(result) = eval(op, data.ty, imm, from, &args) else {
                    return Err(Stop::Unsupported(format!("{} {imm:?}", op.name())));
                };
                let bits = match result? {
                    bits if eval::makes_nan(op) && eval::is_nan(data.ty, bits) => {
                        self.scalar_nan(from, data.ty, &args, bits)
                    }
                    bits => bits,
                };
                define(&[u128::from(bits)]);
            }
        }
        Ok(())
    }

    fn runtime_call(&mut self, callee: Callee, args: &[u64]) -> Result<Vec<u64>, Stop> {
        match (callee, &mut self.runtime) {
            (Callee::Runtime(RtFn::ComponentTrap | RtFn::TaskTrap), _) => {
                Err(Stop::Component(args[0] as u32, args[1] as u32))
            }
            (Callee::Runtime(function), Some(run)) => run(&mut self.state, function, args),
            (callee, _) => Err(Stop::Unsupported(format!("a call of {callee:?}"))),
        }
    }
}
