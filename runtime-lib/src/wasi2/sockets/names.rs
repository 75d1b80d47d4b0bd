//! The network, and looking up names.

use super::super::io::subscribe_object;
use super::super::object::{self, Object, Pollable};
use super::{fail, network, store};
use crate::net::Wait;
use crate::net::error::Error;
use crate::net::names::{self, Lookup};
use crate::sys;
use crate::wasi;
use crate::wasi2::{Answer, Call, Kind, Out, host};
use core::net::IpAddr;

/// The lookup of this number.
fn lookup(number: u32) -> &'static mut Lookup {
    match *object::get(number) {
        // SAFETY: it was made by `names::start`, and there is no other reference while a function of this file runs.
        Object::Lookup(lookup) => unsafe { &mut *lookup },
        _ => sys::fatal("wative: a handle stands for no lookup\n"),
    }
}

fn wait(number: u32) -> Wait {
    lookup(number).step()
}

/// Writes an `option<ip-address>` at 2.
fn store_address(out: Out, address: Option<IpAddr>) {
    out.u8(2, address.is_some().into());
    match address {
        None => {}
        Some(IpAddr::V4(v4)) => {
            out.u8(4, 0);
            out.put(6, &v4.octets());
        }
        Some(IpAddr::V6(v6)) => {
            out.u8(4, 1);
            for (at, segment) in (6..).step_by(2).zip(v6.segments()) {
                out.put(at, &segment.to_le_bytes());
            }
        }
    }
}

/// Starts a lookup: its handle.
fn start(call: &Call, name: &str, out: Out) -> Answer<()> {
    match names::start(name) {
        Ok(lookup) => {
            let object = object::insert(Object::Lookup(lookup))?;
            out.u8(0, 0);
            out.u32(4, call.own(Kind::ResolveAddressStream, object)?);
        }
        Err(error) => fail(out, 4, error),
    }
    Ok(())
}

host! {
    /// The network: there is one, and what it lets through is decided with each address.
    fn sockets_instance_network.instance_network(call) -> u32 { call.own(Kind::Network, 0) }

    /// What an error of a stream has to do with the network, if anything.
    fn sockets_network.network_error_code(call, error: u32, result: u32) {
        let out = call.result(result, 2, 1)?;
        let Object::Error(number) = *object::get(call.rep(Kind::Error, error)?) else {
            sys::fatal("wative: a handle stands for no error\n")
        };
        let code = Error::of_stream(wasi::Error(number));
        out.u8(0, code.is_some().into());
        if let Some(code) = code {
            out.u8(1, code as u8);
        }
        Ok(())
    }

    /// Starts to look up a name.
    fn sockets_ip_name_lookup.resolve_addresses(call, net: u32, at: u32, len: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        network(&call, net)?;
        let name = call.string(at, len)?;
        start(&call, name, out)
    }

    /// The next address.
    fn sockets_ip_name_lookup.resolve_next_address(call, it: u32, result: u32) {
        let out = call.result(result, 22, 2)?;
        let number = call.rep(Kind::ResolveAddressStream, it)?;
        store(out, 2, lookup(number).next(), |address| store_address(out, address));
        Ok(())
    }

    /// Waits for the next address.
    fn sockets_ip_name_lookup.subscribe_lookup(call, it: u32) -> u32 {
        let number = call.rep(Kind::ResolveAddressStream, it)?;
        subscribe_object(&call, Pollable::Object(number, wait), number)
    }

    /// Drops a lookup.
    fn drop.drop_resolve_address_stream(call, it: u32) {
        if let Some(number) = call.drop(Kind::ResolveAddressStream, it)?
            && let Object::Lookup(lookup) = object::remove(number)?
        {
            // SAFETY: it was made by `names::start`, and nothing refers to it any more.
            names::end(&mut *lookup);
        }
        Ok(())
    }

    /// Drops the network, which changes nothing.
    fn drop.drop_network(call, it: u32) { call.drop(Kind::Network, it).map(|_| ()) }
}
