#!/bin/sh
# Lines of Rust per module: code and comments, tests separately (files and folders named tests*, and what follows the first #[cfg(test)] that
# is not about another file).
set -eu
cd "$(dirname "$0")/.."
printf '%-28s %8s %8s %8s\n' module code comment test
git ls-files '*.rs' | awk '
function group(path, part, n) {
    n = split(path, part, "/")
    if (part[1] == "compiler" && part[2] == "src" && n > 3) return part[1] "/" part[3] (part[3] == "isa" ? "/" part[4] : "")
    if (part[1] == "compiler" && part[2] == "link") return "compiler/link"
    return part[1] (part[2] == "tests" ? "/tests" : "")
}
{
    path = $0; name = group(path); if (!(name in seen)) { seen[name] = 1; order[++count] = name }
    marked = 0; testing = path ~ /(^|\/)tests?[^\/]*(\/|\.rs$)/ || path ~ /^testsuite\//
    while ((getline line < path) > 0) {
        if (line ~ /^#\[cfg\(test\)\]/) marked = 1
        else if (marked) { marked = 0; if (line !~ /^(pub )?mod [a-z_0-9]+;/) testing = 1 }
        if (testing || marked) test[name]++
        else if (line ~ /^[ \t]*\/\//) comment[name]++
        else if (line !~ /^[ \t]*$/) code[name]++
    }
    close(path)
}
END {
    for (i = 1; i <= count; i++) {
        name = order[i]
        printf "%-28s %8d %8d %8d\n", name, code[name], comment[name], test[name]
        a += code[name]; b += comment[name]; c += test[name]
    }
    printf "%-28s %8d %8d %8d\n", "total", a, b, c
}'
