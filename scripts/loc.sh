#!/bin/sh
# Lines of Rust per module: code and comments, tests separately. Tests are the testsuite, the folders of tests beside `src`, and what `#[cfg(test)]` stands
# before: an item, or a module with its files.
set -eu
cd "$(dirname "$0")/.."
printf '%-28s %8s %8s %8s\n' module code comment test
git ls-files '*.rs' | awk '
function group(path, part, n) {
    n = split(path, part, "/")
    if (part[1] == "compiler" && part[2] == "src" && n > 3) return part[1] "/" part[3] (part[3] == "isa" ? "/" part[4] : "")
    if (part[1] == "compiler" && part[2] == "link") return "compiler/link"
    if (part[1] == "runtime-lib" && part[2] == "src" && n > 3) return part[1] "/" part[3]
    return part[1] (part[2] == "tests" ? "/tests" : "")
}
# The files of a module that a file declares: without `.rs`.
function declared(file, name, at, folder) {
    folder = file; sub(/[^\/]*$/, "", folder)
    if (at != "") { sub(/\.rs$/, "", at); return folder at }
    if (file !~ /\/(mod|lib|main)\.rs$/) { folder = file; sub(/\.rs$/, "/", folder) }
    return folder name
}
function is_test(path, stem) {
    if (path ~ /^testsuite\// || path ~ /^[^\/]*(\/link)?\/tests\//) return 1
    for (stem in tests) if (path == stem ".rs" || index(path, stem "/") == 1) return 1
    return 0
}
# Reads a file: with `count`, its lines are counted; without, the modules that are tests are noted.
function read(path, count, line, item, at, indent, name, testing) {
    name = group(path); testing = count && is_test(path); item = 0
    while ((getline line < path) > 0) {
        if (item == 0 && line ~ /^[ \t]*#\[cfg\(test\)\]/) { item = 1; at = "" }
        else if (item == 1 && line ~ /^[ \t]*#\[path = "/) { at = line; gsub(/^[^"]*"|"[^"]*$/, "", at) }
        else if (item == 1 && line !~ /^[ \t]*(#|\/\/)/) {
            if (!count && line ~ /mod [a-z_0-9]*;/) { sub(/^.*mod /, "", line); sub(/;.*/, "", line); tests[declared(path, line, at)] = 1 }
            match(line, /^[ \t]*/); indent = substr(line, 1, RLENGTH)
            item = line ~ /[;}][ \t]*$/ ? 3 : 2
        }
        else if (item == 2 && index(line, indent "}") == 1) item = 3
        if (count) {
            if (testing || item > 0) test[name]++
            else if (line ~ /^[ \t]*\/\//) comment[name]++
            else if (line !~ /^[ \t]*$/) code[name]++
        }
        if (item == 3) item = 0
    }
    close(path)
}
{ files[++total] = $0; if (!((name = group($0)) in seen)) { seen[name] = 1; order[++groups] = name } }
END {
    for (i = 1; i <= total; i++) read(files[i], 0)
    for (i = 1; i <= total; i++) read(files[i], 1)
    for (i = 1; i <= groups; i++) {
        name = order[i]
        printf "%-28s %8d %8d %8d\n", name, code[name], comment[name], test[name]
        a += code[name]; b += comment[name]; c += test[name]
    }
    printf "%-28s %8d %8d %8d\n", "total", a, b, c
}'
