//! Looking up names.

use crate::component::tasks::host::{self, Operation, Pending};
use crate::net::Wait;
use crate::net::error::Error;
use crate::net::names::{self, Lookup};
use crate::wasi2::{Answer, Call, Out, host};
use core::net::IpAddr;
use core::ptr::null_mut;

/// Bytes of an `ip-address`.
const ADDRESS: u32 = 18;

/// Addresses that a lookup gives at most.
const MOST: usize = 32;

/// Case of `error-code`.
fn code(error: Error) -> u8 {
    match error {
        Error::AccessDenied => 0,
        Error::InvalidArgument => 1,
        Error::NameUnresolvable => 2,
        Error::TemporaryResolverFailure | Error::Timeout => 3,
        Error::PermanentResolverFailure => 4,
        _ => 5,
    }
}

/// Writes an error; `other` has `none`.
fn fail(out: Out, error: Error) {
    out.u8(0, 1);
    out.u8(4, code(error));
    out.u8(8, 0);
}

/// An `ip-address` in memory.
fn bytes(address: IpAddr) -> [u8; ADDRESS as usize] {
    let mut bytes = [0; ADDRESS as usize];
    match address {
        IpAddr::V4(v4) => bytes[2..6].copy_from_slice(&v4.octets()),
        IpAddr::V6(v6) => {
            bytes[0] = 1;
            for (place, segment) in bytes[2..].chunks_exact_mut(2).zip(v6.segments()) {
                place.copy_from_slice(&segment.to_le_bytes());
            }
        }
    }
    bytes
}

/// Where the lookup is, where the result goes, and the caller's side.
static LOOKUP: Operation = Operation {
    step: |pending: &mut Pending| {
        let [lookup, result, record] = pending.state;
        // SAFETY: `names::start` made it, and the record is the program's.
        unsafe {
            let lookup = &mut *(lookup as *mut Lookup);
            match lookup.step() {
                Wait::Ready => {
                    let call = Call::at(null_mut(), record as *const _);
                    give(call, lookup, result as u32)?;
                    Ok(None)
                }
                wait => Ok(Some(wait)),
            }
        }
    },
    cancel: |pending| {
        // SAFETY: likewise; nothing refers to it any more.
        unsafe { names::end(&mut *(pending.state[0] as *mut Lookup)) };
    },
};

/// Gives what was found, and forgets the lookup.
fn give(mut call: Call, lookup: &'static mut Lookup, result: u32) -> Answer<()> {
    let out = call.result(result, 20, 4)?;
    let mut found = [[0; ADDRESS as usize]; MOST];
    let mut count = 0;
    let failure = loop {
        match lookup.next() {
            Ok(Some(address)) => {
                if let Some(place) = found.get_mut(count) {
                    *place = bytes(address);
                    count += 1;
                }
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    names::end(lookup);
    if let Some(error) = failure {
        fail(out, error);
        return Ok(());
    }
    let list = call.allocate_list(count, ADDRESS, 2)?;
    for (at, address) in (list..).step_by(ADDRESS as usize).zip(&found[..count]) {
        call.write(at, address)?;
    }
    out.u8(0, 0);
    out.list(4, list, count);
    Ok(())
}

host! {
    /// Looks up a name.
    fn sockets3_ip_name_lookup.resolve_addresses_3(call, at: u32, len: u32, result: u32) -> wait {
        let out = call.result(result, 20, 4)?;
        match names::start(call.string(at, len)?) {
            Ok(lookup) => {
                let state = [&raw mut *lookup as usize, result as usize, call.record() as usize];
                host::begin(call.more().instance, &LOOKUP, state, &[])
            }
            Err(error) => {
                fail(out, error);
                Ok(0)
            }
        }
    }
}
