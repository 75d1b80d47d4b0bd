//! A server with objects of the collector, exceptions that refer to some, and continuations: no request finds what another has left behind, however that has ended.

use std::fs;

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{OptLevel, Serve};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::client::get;
use super::{Outcome, Server, timeout};
use crate::corpus;
use crate::program::{build, options};
use crate::target::Target;

/// Answers 200 if all is as it must be at the start, else 599. The path's first letter says how it goes on: `t` traps on a continuation's stack, `l` runs for ever on one, and `x` ends by an exception.
const GUEST: &str = r#"(module
  (type $box (struct (field (mut i32)) (field (ref null $box))))
  (type $f (func))
  (type $k (cont $f))
  (tag $e)
  (tag $oops (param (ref null $box)))
  (import "wasi:http/types@0.2.3" "[constructor]fields" (func $fields (result i32)))
  (import "wasi:http/types@0.2.3" "[method]incoming-request.path-with-query" (func $path (param i32 i32)))
  (import "wasi:http/types@0.2.3" "[constructor]outgoing-response" (func $response (param i32) (result i32)))
  (import "wasi:http/types@0.2.3" "[method]outgoing-response.set-status-code" (func $status (param i32 i32) (result i32)))
  (import "wasi:http/types@0.2.3" "[static]response-outparam.set" (func $set (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (global $first (mut (ref null $box)) (ref.null $box))
  (global $made (mut (ref null $box)) (struct.new $box (i32.const 11) (ref.null $box)))
  (global $k (mut (ref null $k)) (ref.null $k))
  (table $t 4 (ref null $box))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $made (struct.new $box (i32.const 11) (ref.null $box)))
    (i32.const 1024))
  (func $list (result (ref null $box)) (local $i i32) (local $l (ref null $box))
    (loop $more
      (local.set $l (struct.new $box (local.get $i) (local.get $l)))
      (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20000))))
    (local.get $l))
  (func $sum (param $l (ref null $box)) (result i32) (local $sum i32)
    (loop $more
      (if (ref.is_null (local.get $l)) (then (return (local.get $sum))))
      (local.set $sum (i32.add (local.get $sum) (struct.get $box 0 (local.get $l))))
      (local.set $l (struct.get $box 1 (local.get $l)))
      (br $more))
    (unreachable))
  (func $waits (local $l (ref null $box))
    (local.set $l (call $list))
    (suspend $e)
    (if (i32.ne (call $sum (local.get $l)) (i32.const 199990000)) (then (unreachable))))
  (func $traps (unreachable))
  (func $loops (loop $l (br $l)))
  (func $throws (throw $oops (call $list)))
  (elem declare func $waits $traps $loops $throws)
  (func $answer (param $out i32) (param $code i32) (local $r i32)
    (local.set $r (call $response (call $fields)))
    (drop (call $status (local.get $r) (local.get $code)))
    (call $set (local.get $out) (i32.const 0) (local.get $r) (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
  (func (export "wasi:http/incoming-handler@0.2.3#handle") (param $request i32) (param $out i32)
    (local $mine (ref null $box)) (local $how i32)
    (local.set $mine (call $list))
    (call $path (local.get $request) (i32.const 16))
    (local.set $how (i32.load8_u (i32.const 1025)))
    (if (i32.or (i32.eqz (ref.is_null (global.get $first))) (i32.eqz (ref.is_null (global.get $k)))) (then
      (call $answer (local.get $out) (i32.const 599)) (return)))
    (if (i32.eqz (ref.is_null (table.get $t (i32.const 1)))) (then
      (call $answer (local.get $out) (i32.const 598)) (return)))
    (if (i32.ne (struct.get $box 0 (global.get $made)) (i32.const 11)) (then
      (call $answer (local.get $out) (i32.const 597)) (return)))
    (global.set $first (call $list))
    (table.set $t (i32.const 1) (global.get $first))
    ;; Exceptions and stacks that stay.
    (block $h (result (ref null $box))
      (try_table (catch $oops $h) (call $throws))
      (unreachable))
    (drop)
    (block $h (result (ref $k))
      (resume $k (on $e $h) (cont.new $k (ref.func $waits)))
      (unreachable))
    (global.set $k)
    (if (i32.eq (local.get $how) (i32.const 116)) (then (resume $k (cont.new $k (ref.func $traps)))))
    (if (i32.eq (local.get $how) (i32.const 108)) (then (resume $k (cont.new $k (ref.func $loops)))))
    (if (i32.eq (local.get $how) (i32.const 120)) (then (resume $k (cont.new $k (ref.func $throws)))))
    (if (i32.ne (call $sum (local.get $mine)) (i32.const 199990000)) (then
      (call $answer (local.get $out) (i32.const 596)) (return)))
    (if (i32.eq (local.get $how) (i32.const 114)) (then
      (resume $k (global.get $k))
      (global.set $k (ref.null $k))))
    (call $answer (local.get $out) (i32.const 200))))"#;

/// The guest as a component.
fn component() -> Result<Vec<u8>, String> {
    let path = corpus::root().join("testsuite/guests/http/server.wit");
    let wit = fs::read_to_string(&path).map_err(|e| e.to_string())?;
    let mut module = wat::parse_str(GUEST).map_err(|e| e.to_string())?;
    let mut encode = || {
        let mut resolve = Resolve::default();
        let package = resolve.push_str(&path, &wit)?;
        let world = resolve.select_world(&[package], None)?;
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
        ComponentEncoder::default()
            .validate(false)
            .module(&module)?
            .encode()
    };
    encode().map_err(|why| format!("{why:#}"))
}

pub fn run(target: &Target) -> Outcome {
    let component = component()?;
    for (memory, opt, stress) in [
        (MemoryMode::Fixed, OptLevel::O2, false),
        (MemoryMode::Checked, OptLevel::O0, false),
    ] {
        let mut options = options(target, memory, opt);
        options.config.gc_stress = stress;
        options.config.serve = Serve {
            workers: 1,
            request_timeout: timeout(target) / 4,
            ..Serve::default()
        };
        let server = Server::start(target, &build(&component, target, &options)?)?;
        let path = "/plain /resume /trap /plain /x /resume /loop /resume /plain /trap /plain";
        for round in 0..3 {
            for path in path.split(' ') {
                let want = match &path[1..2] {
                    "t" | "x" => 500,
                    "l" => 504,
                    _ => 200,
                };
                let status = get(server.port, path)?.status;
                if status != want {
                    return Err(format!("{memory:?}, round {round}, {path}: {status}"));
                }
            }
        }
        for _ in 0..300 {
            let status = get(server.port, "/plain")?.status;
            if status != 200 {
                return Err(format!("{memory:?}, one of many: {status}"));
            }
        }
        match server.stop()? {
            0 => {}
            status => return Err(format!("the server ended with {status}")),
        }
    }
    Ok(())
}
