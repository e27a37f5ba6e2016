-- SPDX-License-Identifier: Apache-2.0
-- What Lua's own functions do, in a line each: for help(), whose texts are otherwise those of the library.

local M = {}

local text = [==[
assert(v [, message]): returns its arguments; raises message, or "assertion failed!", where v is false or nil.
collectgarbage([opt [, arg]]): "collect" collects all garbage, "count" gives KiB in use, "step", "stop", "restart", "generational", "incremental".
dofile([path]): runs a file of Lua and returns its results; without a path, standard input.
error(message [, level]): raises message; level 1 (default) adds the place of the call, 2 that of its caller, 0 none.
getmetatable(object): the metatable of a value, or its __metatable field.
ipairs(t): iterates over t[1], t[2], … up to the first nil: for i, v in ipairs(t) do … end.
load(chunk [, name [, mode [, env]]]): compiles text, or the pieces a function gives; a function, or nil and why not. Thresh takes no bytecode.
loadfile([path [, mode [, env]]]): compiles a file, as load does.
next(t [, key]): the key behind `key` in a table and its value; nil at the end. next(t) == nil tells an empty table.
pairs(t): iterates over all keys and values of a table, in no order: for k, v in pairs(t) do … end.
pcall(f, ...): calls f; true and its results, or false and the error. An interrupt goes through it.
print(...): writes tostring of each argument, tabs between, to standard output.
rawequal(a, b): whether two values are the same, without __eq.
rawget(t, key): t[key] without __index.
rawlen(v): the length of a table or string without __len.
rawset(t, key, value): t[key] = value without __newindex.
require(name): loads a module once and returns its value; it is looked for in package.path and package.cpath.
select(n, ...): the arguments from the n-th on; select("#", ...) is their number.
setmetatable(t, metatable): sets the metatable of a table and returns the table.
tonumber(v [, base]): a number from a number or text; nil where it is none.
tostring(v): a text of any value, by __tostring or __name where they are.
type(v): "nil", "number", "string", "boolean", "table", "function", "thread" or "userdata".
warn(message, ...): writes a warning where warnings are on: warn "@on".
xpcall(f, handler, ...): as pcall, with handler(error) called where the error is raised, as debug.traceback.
coroutine.close(co): closes a suspended or dead coroutine and its to-be-closed variables.
coroutine.create(f): a new coroutine with the body f.
coroutine.isyieldable([co]): whether a coroutine can yield.
coroutine.resume(co, ...): goes on with a coroutine; true and what it yields or returns, or false and the error.
coroutine.running(): the running coroutine, and whether it is the main one.
coroutine.status(co): "running", "suspended", "normal" or "dead".
coroutine.wrap(f): a function that resumes a new coroutine of f each time it is called.
coroutine.yield(...): suspends the coroutine; its arguments are resume's results.
debug.debug(): reads and runs lines until `cont`.
debug.gethook([thread]): the hook, its mask and its count.
debug.getinfo([thread,] f [, what]): a table about a function or a level of the stack: source, currentline, name, …
debug.getlocal([thread,] f, n): name and value of the n-th local variable of a level of the stack.
debug.getmetatable(v): the metatable of any value, whatever its __metatable.
debug.getregistry(): the registry table.
debug.getupvalue(f, n): name and value of the n-th upvalue of a function.
debug.getuservalue(u [, n]): the n-th user value of a userdata.
debug.setcstacklimit(limit): without effect (deprecated).
debug.sethook([thread,] hook, mask [, count]): calls hook at calls "c", returns "r", lines "l" or each count instructions.
debug.setlocal([thread,] level, n, value): sets a local variable of a level of the stack.
debug.setmetatable(v, t): sets the metatable of any value.
debug.setupvalue(f, n, value): sets the n-th upvalue of a function.
debug.setuservalue(u, value [, n]): sets the n-th user value of a userdata.
debug.traceback([thread,] [message [, level]]): the stack as text.
debug.upvalueid(f, n): tells whether two functions share an upvalue.
debug.upvaluejoin(f1, n1, f2, n2): makes an upvalue of f1 that of f2.
io.close([file]): closes a file, or the default output.
io.flush(): writes out what the default output has buffered.
io.input([file]): sets or gives the default input.
io.lines([path, ...]): iterates over the lines of a file: for line in io.lines(path) do … end.
io.open(path [, mode]): a file, or nil, why not, and a number; mode "r" (default), "w", "a", "r+", "w+", "a+", with "b".
io.output([file]): sets or gives the default output.
io.popen(command [, mode]): starts a command; a file to read its output from, or to write its input to.
io.read(...): reads from the default input: "l" a line, "L" with its end, "n" a number, "a" all, or a number of bytes.
io.tmpfile(): a temporary file that is removed at the end.
io.type(v): "file", "closed file" or nil.
io.write(...): writes texts and numbers to the default output.
math.abs(x): the absolute value.
math.acos(x): arc cosine, in radians.
math.asin(x): arc sine, in radians.
math.atan(y [, x]): arc tangent of y / x (x = 1), in radians, in the right quadrant.
math.atan2(y, x): math.atan of two arguments (deprecated).
math.ceil(x): the least integer not below x.
math.cos(x): cosine of x radians.
math.cosh(x): hyperbolic cosine (deprecated).
math.deg(x): radians in degrees.
math.exp(x): e to the power x.
math.floor(x): the greatest integer not above x.
math.fmod(x, y): the remainder of x / y rounded towards zero; x % y rounds down.
math.frexp(x): mantissa and exponent of 2 (deprecated).
math.ldexp(m, e): m times 2 to the power e (deprecated).
math.log(x [, base]): the logarithm, natural without a base.
math.log10(x): the logarithm to base 10 (deprecated).
math.max(x, ...): the greatest of its arguments.
math.min(x, ...): the least of its arguments.
math.modf(x): the integral and the fractional part.
math.pow(x, y): x ^ y (deprecated).
math.rad(x): degrees in radians.
math.random([m [, n]]): a number in [0, 1), an integer in 1..m or m..n; tensors have th.rand, th.randint.
math.randomseed([x [, y]]): seeds math.random; th.manual_seed seeds tensors.
math.sin(x): sine of x radians.
math.sinh(x): hyperbolic sine (deprecated).
math.sqrt(x): the square root.
math.tan(x): tangent of x radians.
math.tanh(x): hyperbolic tangent (deprecated).
math.tointeger(x): x as an integer where it is whole, else nil.
math.type(x): "integer", "float" or nil.
math.ult(m, n): whether m < n as unsigned integers.
os.clock(): CPU seconds of the process; th.clock() is seconds of time.
os.date([format [, time]]): date and time as text, as strftime; "*t" gives a table.
os.difftime(t2, t1): seconds between two times.
os.execute([command]): runs a command: true or nil, "exit" or "signal", and the number.
os.exit([code [, close]]): ends the process; true or 0 for success.
os.getenv(name): a variable of the environment, or nil.
os.remove(path): removes a file or an empty folder; nil and why where it cannot.
os.rename(from, to): renames a file or folder.
os.setlocale([locale [, category]]): sets or gives the locale.
os.time([table]): seconds since 1970, now or of a table as os.date "*t" gives it.
os.tmpname(): a name for a temporary file.
package.loadlib(path, name): a C function of a library.
package.searchpath(name, path [, sep [, rep]]): where a module would be found; nil and the places tried.
string.byte(s [, i [, j]]): the bytes of a text as numbers.
string.char(...): the text of bytes.
string.dump(f): bytecode of a function; Thresh loads none.
string.find(s, pattern [, init [, plain]]): first and last position of a match, and its captures; nil without one.
string.format(format, ...): text by a format: %d %5.2f %s %q %x %g and so on, as in C.
string.gmatch(s, pattern [, init]): iterates over all matches: for word in s:gmatch "%a+" do … end.
string.gsub(s, pattern, replacement [, n]): the text with matches replaced by a text, a table's or function's answer; and how many.
string.len(s): the number of bytes, as #s.
string.lower(s): in small letters.
string.match(s, pattern [, init]): the captures of the first match, or the match; nil without one.
string.pack(format, ...): values as bytes: "<i4" "d" "z" "s4" and so on.
string.packsize(format): how many bytes string.pack gives.
string.rep(s, n [, separator]): s n times.
string.reverse(s): the bytes from last to first.
string.sub(s, i [, j]): the bytes from i to j (default -1, the last); negative ones count from the end.
string.unpack(format, s [, pos]): values from bytes, and the position behind them.
string.upper(s): in capital letters.
table.concat(list [, separator [, i [, j]]]): the texts and numbers of a list as one text.
table.insert(list, [position,] value): puts a value at a position, at the end by default.
table.move(a, from, to, at [, b]): copies a[from..to] to b[at..], b being a by default.
table.pack(...): its arguments as a list with their number in n.
table.remove(list [, position]): takes out the value at a position, the last by default.
table.sort(list [, less]): sorts in place, by < or by less(a, b).
table.unpack(list [, i [, j]]): the values of a list.
utf8.char(...): the text of code points.
utf8.codepoint(s [, i [, j [, lax]]]): the code points of characters.
utf8.codes(s [, lax]): iterates over positions and code points.
utf8.len(s [, i [, j [, lax]]]): the number of characters; nil and a position where it is no UTF-8.
utf8.offset(s, n [, i]): the byte at which the n-th character starts.
]==]

local entries, order = {}, {}
for line in text:gmatch "[^\n]+" do
  local signature, name, what = line:match "^(([%w_.]+)%(.-%)): (.+)$"
  entries[name] = { name = name, signature = signature, summary = what }
  order[#order + 1] = name
end

--- What is known of one of Lua's own functions, by value or name: { name, signature, summary }, or nil.
function M.find(value)
  if type(value) == "string" then return entries[value] end
  for _, name in ipairs(order) do
    local space, field = name:match "^(%w+)%.(%w+)$"
    local owner = space and rawget(_G, space) or _G
    if type(owner) == "table" and rawequal(rawget(owner, field or name), value) then return entries[name] end
  end
end

--- All of them, in the order of the manual.
function M.all()
  local list = {}
  for i, name in ipairs(order) do list[i] = entries[name] end
  return list
end

--- The text that help() prints of one.
function M.text(entry)
  return string.format("%s\n\n%s%s\n\nOf Lua itself: see the reference manual of Lua 5.4.", entry.signature,
    entry.summary:sub(1, 1):upper(), entry.summary:sub(2))
end

return M
