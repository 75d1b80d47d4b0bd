/* Lua: closures, tables, strings, method calls, garbage. */
#include "bench.h"
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

static const char script[] =
    "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end\n"
    "local out = { fib(27) }\n"
    "local words = {}\n"
    "for i = 1, 60000 do local w = ('w' .. (i * 7919 % 5003)); words[w] = (words[w] or 0) + 1 end\n"
    "local keys = {}\n"
    "for k in pairs(words) do keys[#keys + 1] = k end\n"
    "table.sort(keys)\n"
    "out[#out + 1] = table.concat(keys, ',', 1, 50)\n"
    "local Point = {}\n"
    "Point.__index = Point\n"
    "function Point.new(x, y) return setmetatable({ x = x, y = y }, Point) end\n"
    "function Point:add(o) return Point.new(self.x + o.x, self.y + o.y) end\n"
    "local p = Point.new(0, 0)\n"
    "for i = 1, 300000 do p = p:add(Point.new(i, i * 0.5)) end\n"
    "out[#out + 1] = p.x .. ' ' .. p.y\n"
    "local text = string.rep('the quick brown fox jumps over the lazy dog. ', 400)\n"
    "local n = 0\n"
    "for w in text:gmatch('%a+') do n = n + #w:upper():reverse() end\n"
    "out[#out + 1] = n .. text:gsub('o', '0'):sub(1, 40)\n"
    "local grid = {}\n"
    "for i = 1, 200 do grid[i] = {} for j = 1, 200 do grid[i][j] = (i * j) % 7 end end\n"
    "local s = 0\n"
    "for r = 1, 10 do for i = 2, 199 do local a, b, c = grid[i - 1], grid[i], grid[i + 1] for j = 2, 199 do s = s + a[j] + b[j - 1] * b[j + 1] - c[j] end end end\n"
    "out[#out + 1] = s\n"
    "return table.concat(out, ' ')\n";

static uint64_t work(void) {
    lua_State *state = luaL_newstate();
    luaL_requiref(state, "_G", luaopen_base, 1);
    luaL_requiref(state, LUA_STRLIBNAME, luaopen_string, 1);
    luaL_requiref(state, LUA_TABLIBNAME, luaopen_table, 1);
    lua_settop(state, 0);
    if (luaL_loadstring(state, script) || lua_pcall(state, 0, 1, 0)) {
        printf("%s\n", lua_tostring(state, -1));
        exit(1);
    }
    uint64_t sum = 0;
    for (const char *c = lua_tostring(state, -1); *c; c++) sum = sum * 31 + (uint8_t)*c;
    lua_close(state);
    return sum;
}
