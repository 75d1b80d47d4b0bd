// Runs a module (and calls an export, if one is named) and prints, on standard error, how many microseconds of the main thread's CPU time its code took: neither starting node nor compiling the module
// counts.
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const wasi = new WASI({ version: "preview1", args: ["program"] });
const module = await WebAssembly.compile(readFileSync(process.argv[2]));
const start = process.threadCpuUsage();
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
if (instance.exports.memory) {
  wasi.finalizeBindings(instance);
}
(instance.exports._start ?? instance.exports._initialize)?.();
instance.exports[process.argv[3]]?.();
const { user, system } = process.threadCpuUsage(start);
console.error(String(user + system));
