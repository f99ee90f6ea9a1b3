---- printing of every kind of number
print(1, 1.0, -0.0, 1e15, 1e16, 1e100, 2^53, 2^63, 1/0, -1/0, 0/0 ~= 0/0, 3 // 2, 3.0 // 2, -7 // 2, -7 % 3, 7 % -3, -7.5 % 2)
print(math.maxinteger, math.mininteger, math.maxinteger + 1 == math.mininteger, 0x7fffffffffffffff, 0xffffffffffffffff, 1e308 * 10)
print(100 // 1e-320, 5.0, 5.25, 123456789012345, 0.1, 0.1 + 0.2, 1/3, 100000000000000, 1e14)
---- integer and float conversions
print(1 == 1.0, math.type(1), math.type(1.0), math.type("1"), 3 | 0, 3.0 | 0, "10" + 5, "0x10" + 0, "1e1" + 0, 10 .. 20)
print(tostring(1e15), tostring(-1e15), tointeger, math.tointeger(3.0), math.tointeger(3.5), math.tointeger("8"), 1 < 1.5, 2^31 | 0)
print(pcall(function() return 1.5 | 0 end))
print(pcall(function() return "a" | 0 end))
print(pcall(function() return 2^64 | 0 end))
print(string.format("%d", 3.0), pcall(string.format, "%d", 3.5))
---- strings
local s = "Hello, World"
print(#s, s:upper(), s:lower(), s:reverse(), s:sub(1, 5), s:sub(-5), s:sub(-5, -3), s:byte(1, 3), s:rep(2, "|"))
print(s:find("World"), s:find("o", 6), s:find("l+"), s:find(".", 1, true), s:find("xyz"), s:match("(%a+), (%a+)"))
print(("x"):rep(0), ("x"):rep(-1), ("abc"):len(), "\65\066\x43\u{48}\z
       end", 'a\
b', [[
long
string]], [==[with ]] inside]==])
---- patterns
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"), ("2024-02-29"):match("(%d+)-(%d+)-(%d+)"))
print(("one two  three"):gsub("%s+", "_"), ("abc"):gsub("", "-"), ("hello"):gsub("l", {l = "L"}), ("hello"):gsub("(h)(e)", "%2%1%0%%"))
print(("abc"):gsub("%w", function(c) if c == "b" then return false end return c:upper() end), ("THE (quick) fox"):find("%((%a+)%)"))
for k, v in ("a=1, b=2, c=3"):gmatch("(%w+)=(%w+)") do io.write(k, ":", v, " ") end print()
print(("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):gsub("%f[%a]%a+", string.lower), ("x"):match("()x()"))
print(pcall(string.rep, "x", 1 << 40), pcall(string.find, "a", "[a"), pcall(string.find, "a", "%"), pcall(string.gsub, "a", "a", "%2"))
---- format
print(string.format("%5d|%-5d|%05d|%+d|%x|%X|%o|%c|%s|%q|%%", 42, 42, 42, 42, 255, 255, 8, 65, "str", 'q"uo\n\0te'))
print(string.format("%.3f|%10.2f|%-10.2f|%e|%g|%g|%a|%i", 3.14159, 2.5, 2.5, 12345.678, 0.0001, 1e20, 1.0, 7))
print(string.format("%s %s %s %10s|%-10s|%.2s", nil, true, 12, "r", "l", "cut"), string.format("%q %q %q", 1/3, math.mininteger, 1e100))
print(pcall(string.format, "%d", "x"), pcall(string.format, "%y", 1), pcall(string.format, "%s"), pcall(string.format, "%0100d", 1))
---- tables
local t = {5, 2, 8, 1, n = 4, [10] = "ten"}
table.sort(t) print(table.concat(t, ","), #t, t.n, t[10])
table.sort(t, function(a, b) return a > b end) print(table.concat(t, ","))
table.insert(t, 99) table.insert(t, 1, 0) print(table.concat(t, ","), table.remove(t), table.remove(t, 1), table.concat(t, ",", 2, 3))
print(table.unpack({1, 2, 3}, 2), table.unpack({1, 2}, 1, 4), select("#", table.unpack({}, 1, 3)), table.pack(1, nil, 3).n)
print(table.concat(table.move({1, 2, 3}, 1, 3, 3), ","), next({}), rawlen({1, 2}), rawequal(t, t), rawget(t, "zz"))
print(pcall(table.concat, {1, {}, 3}), pcall(table.insert, {1}, 5, 2), pcall(table.sort, {3, 1, "x"}), pcall(next, {}, "no"))
print(pcall(table.sort, {1, 2, 3, 4, 5, 6, 7, 8}, function() return true end))
---- metatables
local V = {} V.__index = V
V.__add = function(a, b) return setmetatable({x = a.x + b.x}, V) end
V.__eq = function(a, b) return a.x == b.x end
V.__lt = function(a, b) return a.x < b.x end
V.__le = function(a, b) return a.x <= b.x end
V.__tostring = function(v) return "V(" .. v.x .. ")" end
V.__len = function(v) return v.x end
V.__call = function(self, y) return self.x * y end
V.__concat = function(a, b) return tostring(a) .. "~" .. tostring(b) end
V.__unm = function(v) return setmetatable({x = -v.x}, V) end
V.__close = function(v, e) print("close", v, e) end
V.__name = "Vector"
local a, b = setmetatable({x = 1}, V), setmetatable({x = 2}, V)
print(tostring(a + b), a == b, a < b, a <= b, #b, b(21), a .. b, "s" .. a, tostring(-a), a ~= b, a > b)
do local c <close> = a; print("in scope") end
print(pcall(function() local d <close> = b; error("out", 0) end))
print(pcall(function() local e <close> = 42 end))
print(getmetatable("").__index == string, getmetatable(setmetatable({}, {__metatable = "locked"})), pcall(setmetatable, setmetatable({}, {__metatable = 1}), {}))
---- index and newindex
local log = {}
local p = setmetatable({}, {__index = function(_, k) log[#log + 1] = "get " .. k return k .. "!" end, __newindex = function(t, k, v) log[#log + 1] = "set " .. k rawset(t, k, v) end})
print(p.a, p.b) p.c = 1 print(p.c) p.c = 2
print(table.concat(log, "; "))
local base = {greet = function(self) return "hi " .. self.name end}
local derived = setmetatable({}, {__index = base})
local o = setmetatable({name = "Ann"}, {__index = derived})
print(o:greet(), pcall(function() return o:nothing() end))
---- closures
local function counter() local n = 0 return function() n = n + 1 return n end, function() return n end end
local inc, get = counter() inc() inc() print(get())
local fns = {} for i = 1, 3 do fns[i] = function() i = i + 10 return i end end
print(fns[1](), fns[1](), fns[2](), fns[3]())
local function va(...) local a, b = ... return select("#", ...), a, b, ... end
print(va()) print(va(1)) print(va(nil, nil, 3)) print((va(1, 2)))
print(select(-1, 1, 2, 3), select(2, "a", "b", "c"), pcall(select, 0))
---- goto, repeat, numeric for
for i = 10, 1, -3 do io.write(i, " ") end print()
for i = 1.0, 2, 0.25 do io.write(i, " ") end print()
for i = math.maxinteger - 1, math.maxinteger do io.write(i, " ") end print()
local n = 0 repeat local done = n >= 3 n = n + 1 until done print(n)
for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end io.write(i, j, " ") ::continue:: end end print()
do local i = 1 ::top:: if i <= 3 then io.write(i, ",") i = i + 1 goto top end print() end
print(pcall(function() for i = 1, 10, 0 do end end), pcall(function() for i = "a", 2 do end end))
while true do break end
---- generic for
for i, v in ipairs({"a", "b", nil, "d"}) do io.write(i, v, " ") end print()
local function range(n) local i = 0 return function() i = i + 1 if i <= n then return i end end end
for i in range(4) do io.write(i, " ") end print()
local t = setmetatable({}, {__pairs = function() return function(_, k) k = (k or 0) + 1 if k < 4 then return k, k * k end end, nil, nil end})
for k, v in pairs(t) do io.write(k, "=", v, " ") end print()
local closing = setmetatable({}, {__close = function() print("closed") end})
for i in function(_, i) i = (i or 0) + 1 if i < 3 then return i end end, nil, nil, closing do print(i) end
print(pcall(function() for x in 5 do end end))
---- coroutines
local co = coroutine.create(function(a, b)
  print("start", a, b)
  local c = coroutine.yield(a + b)
  print("got", c)
  local d, e = coroutine.yield(c * 2)
  print("got", d, e)
  return "end", d + e
end)
print(coroutine.resume(co, 1, 2)) print(coroutine.status(co)) print(coroutine.resume(co, 10)) print(coroutine.resume(co, 3, 4))
print(coroutine.status(co), coroutine.resume(co), coroutine.isyieldable(), coroutine.running() ~= nil)
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
print(gen(), gen(), gen(), gen(), pcall(gen))
---- coroutines that fail
local co = coroutine.create(function() local x = nil; x() end)
print(coroutine.resume(co)) print(coroutine.status(co))
print(select(2, pcall(coroutine.wrap(function() error({code = 1}) end))).code)
print(pcall(coroutine.wrap(function() error("text") end)))
print(select(2, pcall(coroutine.wrap(function() error("level 0", 0) end))))
print(coroutine.close(coroutine.create(print)), pcall(coroutine.yield))
local c = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() print("closed") end}) coroutine.yield(1) end)
coroutine.resume(c) print(coroutine.close(c), coroutine.status(c))
print(coroutine.resume(coroutine.running()))
---- yields across pcall and metamethods
local co = coroutine.wrap(function()
  print(pcall(function() coroutine.yield(1) error("after yield") end))
  local t = setmetatable({}, {__add = function(a, b) return coroutine.yield("add") end, __index = function(_, k) return coroutine.yield(k) end})
  print(t + 1, t.key)
  for k in (function() return coroutine.yield("iter") end) do print("k", k) break end
  table.sort({3, 1, 2}, function(a, b) return a < b end)
  return "done"
end)
print(co()) print(co()) print(co("sum")) print(co("value")) print(co("item"))
print(pcall(coroutine.wrap(function() table.sort({2, 1}, function(a, b) coroutine.yield() end) end)))
print(pcall(coroutine.wrap(function() ("x"):gsub("x", function() coroutine.yield() end) end)))
---- producers and consumers
local function producer() return coroutine.create(function() for _, v in ipairs({"a", "b", "c"}) do coroutine.yield(v) end end) end
local function filter(p) return coroutine.create(function() local n = 1 while true do local ok, v = coroutine.resume(p) if not v then return end coroutine.yield(n .. ":" .. v) n = n + 1 end end) end
local f = filter(producer())
while true do local ok, v = coroutine.resume(f) if not v then break end print(v) end
local function permgen(a, n) n = n or #a if n <= 1 then coroutine.yield(a) else for i = 1, n do a[n], a[i] = a[i], a[n] permgen(a, n - 1) a[n], a[i] = a[i], a[n] end end end
for p in coroutine.wrap(function() permgen({1, 2, 3}) end) do print(table.concat(p, " ")) end
---- errors and levels
print(pcall(error)) print(pcall(error, nil)) print(pcall(error, "m", 0)) print(pcall(error, "m")) print(pcall(error, {1}) == false)
local function f() error("level 1", 1) end
local function g() error("level 2", 2) end
print(pcall(f)) print(pcall(g)) print(pcall(function() g() end))
print(select("#", pcall(error)), pcall(pcall), pcall(pcall, error, "x"))
print(xpcall(function(...) return ... end, print, 1, 2), xpcall(error, function(m) return "handled " .. m end, "e"))
print(xpcall(function() error("a") end, function(m) error("b") end))
print(pcall(assert, false), pcall(assert, nil, "msg"), pcall(assert, 1, 2), pcall(assert), assert(1, 2, 3))
---- error messages of operations
local t, n, s = {}, nil, "str"
print(pcall(function() return t.x.y end)) print(pcall(function() return n.x end)) print(pcall(function() n.x = 1 end)) print(pcall(function() return undefined() end))
print(pcall(function() return t.method() end)) print(pcall(function() return t:method() end)) print(pcall(function() return s + 1 end)) print(pcall(function() return t + 1 end))
print(pcall(function() return t < 1 end)) print(pcall(function() return t < t end)) print(pcall(function() return n .. "x" end)) print(pcall(function() return #n end))
print(pcall(function() return -t end)) print(pcall(function() return 1 // 0 end)) print(pcall(function() return 1 % 0 end)) print(pcall(function() t[nil] = 1 end)) print(pcall(function() t[0/0] = 1 end))
print(pcall(string.rep)) print(pcall(("x").rep, "x", {})) print(pcall(math.floor, "a")) print(pcall(setmetatable, 1, {})) print(pcall(ipairs)) print(pcall(tonumber, "1", 99))
print(pcall(function() return 1 < "2" end), pcall(function() return {} .. "x" end), pcall(function() local a <const> = {} return a.b.c.d end))
---- uncaught error
print("before")
local function fail() error("on purpose") end
fail()
---- uncaught error without position
error("plain message", 0)
---- uncaught error in a table with tostring
error(setmetatable({}, {__tostring = function() return "as text" end}))
---- uncaught error that is a table
error({code = 42})
---- uncaught error that is nil
error()
---- uncaught runtime error in nested calls
local M = {}
function M.outer(x) return M.inner(x) + 1 end
function M.inner(x) return x.field.missing end
local r = M.outer({})
print(r)
---- uncaught error in a method and a coroutine
local Account = {} Account.__index = Account
function Account:withdraw(n) if n > self.balance then error("insufficient funds") end end
local co = coroutine.wrap(function() setmetatable({balance = 1}, Account):withdraw(5) end)
co()
---- uncaught error in a callback of sort
table.sort({3, 2, 1}, function(a, b) return a.x < b.x end)
---- syntax errors
print(load("x ="))
print(load("for i = 1 do end"))
print(load("if x then"))
print(load("local x <const> = 1; x = 2"))
print(load("goto nowhere"))
print(load("return 1 +* 2", "=chunk"))
print(load("x = 'unfinished"))
print(load("x = [[unfinished"))
print(load("break"))
print(load("::a:: ::a::"))
print(load("return '\\q'"))
print(load("return 0x"))
print(load("local function f() return 1 print(2) end"))
print(load("a.b:c = 1"))
---- a program that is no Lua
print("never printed"
x = = 1
---- an unfinished block
function f()
  if true then
    print("x")
---- load and environments
print(load("return ...", "c")(1, 2)) print(load(function() return nil end)()) local parts = {"return ", "4", "2"} local i = 0
print(load(function() i = i + 1 return parts[i] end)())
local env = {print = print} local f = load("x = 5; print(x)", "c", "t", env) f() print(env.x, x)
print(load("\27Lua", "b", "t")) print(pcall(load, nil)) print(load(string.dump(function(a) return a * 2 end))(21))
local _ENV = {print = print} y = 3 print(y, _ENV.y)
---- integer division, bits, shifts
print(7 // 2, -7 // 2, 7 // -2, 7.5 // 2, 1 << 62, 1 << 63, 1 << 64, -1 >> 1, -1 >> 63, 5 & 3, 5 | 3, 5 ~ 3, ~0, "3" | 0, 2^53 | 0)
print(1 << -1, 8 >> -1, 3 & 2.0, 0xFF ~ 0x0F, ~5, 5 // 0.0, -5 // 0.0, 0/0 == 0/0, 5 % math.huge, -5 % math.huge, 5.5 % -2)
print(math.ult(1, -1), math.abs(math.mininteger), math.fmod(-7, 3), math.fmod(7, -3), pcall(math.fmod, 1, 0), math.fmod(1, 0.0) ~= math.fmod(1, 0.0))
---- math library
print(math.floor(3.7), math.ceil(3.2), math.floor(-3.7), math.max(1, 5, 3), math.min(2.5, 1), math.sqrt(16), math.abs(-3), math.huge, -math.huge, math.pi)
print(math.exp(1), math.log(10), math.log(8, 2), math.log(1000, 10), math.sin(1), math.cos(1), math.tan(1), math.asin(1), math.acos(0), math.atan(1, 2), math.atan(1))
print(math.modf(3.7), math.modf(-3.7), math.modf(5), math.modf(math.huge), 2^0.5, 10^2, math.floor(2^31 + 0.5), math.pow(2, 10), math.log10(1000), math.cosh(1))
for i = 1, 100 do local r = math.random(10) assert(r >= 1 and r <= 10 and math.type(r) == "integer") local f = math.random() assert(f >= 0 and f < 1) end
math.randomseed(42) local a = math.random(1000) math.randomseed(42) print(a == math.random(1000), a, math.random(5, 7) >= 5, pcall(math.random, 2, 1), pcall(math.random, 0))
---- tonumber and tostring
print(tonumber("10"), tonumber("  10  "), tonumber("10a"), tonumber("0x1p4"), tonumber("1e2"), tonumber("1e"), tonumber(""), tonumber("z", 36), tonumber("ff", 16), tonumber("8", 8), tonumber("-ff", 16))
print(tonumber("9223372036854775807"), tonumber("9223372036854775808"), tonumber("0x8000000000000000"), tonumber(nil), tonumber("inf"), tonumber("nan"), tonumber("1_000"), tonumber("١"))
print(tostring(nil), tostring(true), tostring(-0.0), tostring(1e300 * 1e10), tostring("x"), #tostring(print) > 10, tostring(print):match("^builtin") or tostring(print):match("^function"))
---- utf8
print(utf8.char(72, 228, 8364, 128512), utf8.len("häß€😀"), utf8.codepoint("€", 1), #utf8.char(0x7FFFFFFF), utf8.len("\xff"), utf8.offset("häß", 3), utf8.charpattern == "[\0-\x7F\xC2-\xFD][\x80-\xBF]*")
for p, c in utf8.codes("aé€") do io.write(p, ":", c, " ") end print()
print(pcall(utf8.codepoint, "\xff"), pcall(utf8.len, "abc", 10), utf8.len("abc", 4), "\u{20AC}", ("日本語"):len(), ("日本語"):upper())
for _, c in utf8.codes("añb") do io.write(string.format("U+%04X ", c)) end print()
---- string.pack
local p = string.pack("<i4 >i2 z s1 d", 1, 258, "zero", "len", 1.5)
print(#p, p:byte(1, 8)) print(string.unpack("<i4 >i2 z s1 d", p)) print(string.packsize("<i4 i8 d"), string.packsize("!8 b i8"), pcall(string.pack, "i17", 1), pcall(string.unpack, "i4", "abc"))
print(string.unpack("<I3", "\1\2\3"), string.pack(">I2 I2", 1, 2):byte(1, -1))
print(pcall(string.pack, "i1", 200), string.unpack("<j", string.pack("<j", -5)), string.pack("<f", 0.5):byte(1, 4))
---- standard input by lines
print(io.read()) print(io.read("n")) print(io.read("l")) print(io.read(3)) print(io.read("L")) print(io.read("a")) print(io.read("a"), io.read("l"), io.read(0))
---- standard input by the iterator
local n = 0 for line in io.lines() do n = n + 1 print(n, line) end
print(io.read("l"), pcall(io.lines, "missing.txt"))
---- standard input as a file
for w in io.stdin:lines(1) do io.write("<", w, ">") end print()
print(io.type(io.stdin), io.type(42), io.stdin:close())
---- files
local f = assert(io.open("out.txt", "w")) print(f:write("line 1\n", 2, "\n", 3.5, "\nlast"), f:seek("cur"), f:close()) print(io.type(f), pcall(f.write, f, "x"))
for l in io.lines("out.txt") do io.write("[", l, "]") end print()
f = io.open("out.txt") print(f:read("l", "n", "n", "l", "a")) print(f:seek("set", 2), f:read(4), f:seek("end"), f:read("a"), f:read("l")) f:close()
f = io.open("out.txt", "a+") f:write("!") f:seek("set") print(#f:read("a")) f:close() f = io.open("out.txt", "r+") f:write("L") f:seek("set") print(f:read()) f:close()
print(io.open("missing.txt")) print(io.open("nodir/x", "w")) print(pcall(io.open, "out.txt", "zz")) print(os.rename("out.txt", "new.txt"), os.remove("new.txt")) print(os.remove("new.txt")) print(os.rename("a", "b"))
---- default files
io.output("o.txt") io.write("to a file\n") io.close() io.output(io.stdout) io.input("o.txt") print(io.read()) io.close(io.input()) print(pcall(io.read)) os.remove("o.txt")
local t = io.tmpfile() t:write("temp") t:seek("set") print(t:read("a")) t:close() local name = os.tmpname() print(type(name), io.open(name) ~= nil, os.remove(name))
io.stdout:write("a", 1, "b\n"):write("chained\n") print(io.stdout:setvbuf("full"), io.stdout:seek("cur") == nil or true) io.stderr:write("to stderr\n")
---- modules beside the program
local f = io.open("shapes.lua", "w") f:write("local M = {...} print('loading', ...) function M.area(r) return 3 * r * r end return M") f:close()
local shapes = require("shapes") print(shapes.area(2), shapes[1], shapes[2], require("shapes") == shapes, package.loaded.shapes == shapes)
print(pcall(require, "missing.module")) package.preload.virtual = function(name) return {name = name} end print(require("virtual").name)
f = io.open("bad.lua", "w") f:write("x = = 1") f:close() print(pcall(require, "bad")) f = io.open("fails.lua", "w") f:write("error('inside')") f:close() print(pcall(require, "fails"))
print(package.searchpath("shapes", package.path), package.config:sub(1, 1), dofile("shapes.lua") ~= nil, loadfile("bad.lua")) for _, n in ipairs{"shapes", "bad", "fails"} do os.remove(n .. ".lua") end
---- the clock and dates
print(os.time({year = 2024, month = 2, day = 29, hour = 12}), os.date("!%Y-%m-%d %H:%M:%S", 86400), os.date("!%A %B %d %j %p %y %%", 0), os.date("!%c", 1e9), os.date("!%x %X", 1e9))
local d = os.date("!*t", 1709210096) print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst) print(os.time{year = 2024, month = 14, day = -3}, os.difftime(10, 5))
print(pcall(os.date, "%Ez", 0), pcall(os.date, "%Q", 0), pcall(os.time, {year = 2024}), type(os.time()), os.clock() >= 0, os.date("%Y") >= "2024", os.getenv("NO_SUCH_VARIABLE"))
---- exit codes: true
io.write("no newline") os.exit(true)
---- exit codes: a number, with what was written
io.write("pending ") setmetatable({}, {__gc = function() print("not run without close") end}) os.exit(42)
---- exit codes: false, state closed
local x = setmetatable({}, {__gc = function() print("finalizer") end}) os.exit(false, true)
---- finalizers at the end
for i = 1, 3 do _G["o" .. i] = setmetatable({}, {__gc = function() print("gc", i) end}) end
local f = io.open("left-open.txt", "w") f:write("unflushed")
---- garbage collection
local weak = setmetatable({}, {__mode = "k"}) weak[{}] = 1 collectgarbage() print(next(weak), collectgarbage("isrunning"), collectgarbage("step"), collectgarbage("count") > 0)
local done = false setmetatable({}, {__gc = function() done = true end}) collectgarbage() print(done, collectgarbage("incremental"), collectgarbage("generational"), collectgarbage("stop"), collectgarbage("isrunning"), collectgarbage("restart"))
local t = {} for i = 1, 200000 do t[i % 100] = {i, tostring(i)} end print(#t, pcall(collectgarbage, "nonsense"))
---- deep recursion
local function depth(n) return n == 0 and 0 or 1 + depth(n - 1) end print(depth(10000), depth(150000))
local ok, m = pcall(function() local function f() return 1 + f() end return f() end) print(ok, m)
local function tail(n) if n == 0 then return "tail" end return tail(n - 1) end print(tail(1000000))
print(pcall(string.rep, "(", 10)) print(load(("("):rep(300) .. "1" .. (")"):rep(300)))
---- stack overflow in C
local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k .. "x"] end local ok, m = pcall(function() return t.a end) print(ok, #m > 0, m:match("stack overflow") or m)
local function rec(s) return (s:gsub("x", rec)) end print(pcall(rec, "x"))
local co = function(f) return coroutine.wrap(function() return f(f) end)() end print(pcall(co, co))
---- uncaught stack overflow
local function f(n) return 1 + f(n + 1) end
f(1)
---- the debug library
local function f(a, b) local c = 3 local i = debug.getinfo(1, "nSlutf") print(i.name, i.namewhat, i.short_src, i.currentline, i.linedefined, i.nparams, i.isvararg, i.func == f, i.what) print(debug.getlocal(1, 1), debug.getlocal(1, 3)) return c end f(1, 2)
print(debug.traceback("msg")) print(debug.traceback("msg", 2)) print((debug.traceback({}) ~= nil), debug.getinfo(print).what, debug.getinfo(1, "l").currentline)
local up = 5 local function g() return up end print(debug.getupvalue(g, 1), debug.setupvalue(g, 1, 6), g(), debug.upvalueid(g, 1) ~= nil)
local n = 0 debug.sethook(function(e, l) n = n + 1 end, "l") local x = 1
x = 2
debug.sethook() print(n, debug.gethook())
---- varargs and many values
local function many(n) if n == 0 then return end return n, many(n - 1) end print(select("#", many(200)), #{many(100)}) print(pcall(table.unpack, {}, 1, 1e7)) print(math.max(table.unpack({3, 9, 2})))
print((many(3))) print({many(3)}[1] == nil or 0)
---- arguments
print(#arg, arg[0], arg[-1], ..., select("#", ...))
---- attributes, integer keys and order
local t = {} t[1.0] = "one" t[2^53] = "big" print(t[1], #t, t[2^53 | 0]) local a <const>, b = 1, 2 print(a, b)
t = {10, 20, 30, nil} print(#t) t = {n = 1, 1, 2, [2] = "x"} print(t[2], #t) t = {f = function(self) return self.v end, v = 7} print(t:f(), t.f(t), t["f"](t))
local s = 0 for k, v in pairs({1, 2, 3, 4}) do s = s + k * v end print(s) print(next({5}), type(next), #"\0\0", "a\0b" == "a\0b", ("a\0b"):len())
---- sieve of Eratosthenes
local n, sieve, count = 20000, {}, 0 for i = 2, n do if not sieve[i] then count = count + 1 for j = i * i, n, i do sieve[j] = true end end end print(count)
---- n queens
local N, solutions = 7, 0
local function ok(a, n, c) for i = 1, n - 1 do if a[i] == c or a[i] - i == c - n or a[i] + i == c + n then return false end end return true end
local function add(a, n) if n > N then solutions = solutions + 1 else for c = 1, N do if ok(a, n, c) then a[n] = c add(a, n + 1) end end end end
add({}, 1) print(solutions)
---- n body, to the last digit
local function energy(b) local e = 0 for i, p in ipairs(b) do e = e + 0.5 * p.m * (p.vx^2 + p.vy^2) for j = i + 1, #b do local q = b[j] e = e - p.m * q.m / math.sqrt((p.x - q.x)^2 + (p.y - q.y)^2) end end return e end
local b = {{x = 0, y = 0, vx = 0, vy = 0, m = 39.47}, {x = 4.84, y = -1.16, vx = 0.6, vy = 2.81, m = 0.037}, {x = 8.34, y = 4.12, vx = -1.01, vy = 1.82, m = 0.011}}
for s = 1, 2000 do for i, p in ipairs(b) do for j = i + 1, #b do local q = b[j] local dx, dy = p.x - q.x, p.y - q.y local d = (dx * dx + dy * dy)^-1.5 * 0.001 p.vx = p.vx - dx * q.m * d p.vy = p.vy - dy * q.m * d q.vx = q.vx + dx * p.m * d q.vy = q.vy + dy * p.m * d end end for _, p in ipairs(b) do p.x = p.x + 0.001 * p.vx p.y = p.y + 0.001 * p.vy end end
print(string.format("%.17g", energy(b)))
---- mandelbrot
for y = -1, 1, 0.25 do local l = {} for x = -2, 0.6, 0.08 do local r, i, n = 0, 0, 0 while n < 30 and r * r + i * i < 4 do r, i, n = r * r - i * i + x, 2 * r * i + y, n + 1 end l[#l + 1] = n == 30 and "#" or n > 5 and "+" or "." end print(table.concat(l)) end
---- a JSON writer
local function json(v) local t = type(v) if t == "table" then local out = {} if #v > 0 then for _, x in ipairs(v) do out[#out + 1] = json(x) end return "[" .. table.concat(out, ",") .. "]" end local keys = {} for k in pairs(v) do keys[#keys + 1] = k end table.sort(keys) for _, k in ipairs(keys) do out[#out + 1] = string.format("%q:%s", k, json(v[k])) end return "{" .. table.concat(out, ",") .. "}" elseif t == "string" then return '"' .. v:gsub('[%c"\\]', function(c) return string.format("\\u%04x", c:byte()) end) .. '"' end return tostring(v) end
print(json({name = "Ann", tags = {"a", "b\n"}, nested = {x = 1.5, y = {true, false}}}))
---- word frequencies
local text, freq, words = "the quick brown fox jumps over the lazy dog the fox", {}, {} for w in text:gmatch("%a+") do if not freq[w] then words[#words + 1] = w end freq[w] = (freq[w] or 0) + 1 end
table.sort(words, function(a, b) if freq[a] ~= freq[b] then return freq[a] > freq[b] end return a < b end) for i = 1, 5 do print(words[i], freq[words[i]]) end
---- classes with inheritance
local Animal = {} Animal.__index = Animal function Animal.new(name) return setmetatable({name = name}, Animal) end function Animal:speak() return self.name .. " makes a sound" end
local Dog = setmetatable({}, {__index = Animal}) Dog.__index = Dog function Dog.new(name) return setmetatable(Animal.new(name), Dog) end function Dog:speak() return Animal.speak(self) .. ": woof" end
print(Animal.new("Cat"):speak(), Dog.new("Rex"):speak(), getmetatable(Dog.new("x")) == Dog)
---- queues, stacks, linked lists
local list = nil for i = 1, 5 do list = {value = i, next = list} end local l, out = list, {} while l do out[#out + 1] = l.value l = l.next end print(table.concat(out, "->"))
local q = {first = 1, last = 0} for i = 1, 3 do q.last = q.last + 1 q[q.last] = i * i end while q.first <= q.last do io.write(q[q.first], " ") q.first = q.first + 1 end print()
---- memoised fibonacci and big sums
local memo = setmetatable({}, {__index = function(t, n) local v = n < 2 and n or t[n - 1] + t[n - 2] t[n] = v return v end}) print(memo[50], memo[90])
local s = 0 for i = 1, 300000 do s = s + i % 7 * i end print(s) local h = 5381 for c in ("hash me"):gmatch(".") do h = (h * 33 + c:byte()) & 0xffffffff end print(h)
---- matrix product and determinant
local function mul(a, b) local c = {} for i = 1, #a do c[i] = {} for j = 1, #b[1] do local s = 0 for k = 1, #b do s = s + a[i][k] * b[k][j] end c[i][j] = s end end return c end
for _, r in ipairs(mul({{1, 2}, {3, 4}}, {{0.5, 1}, {1.5, 2}})) do print(table.unpack(r)) end
---- string buffer of a megabyte
local t = {} for i = 1, 50000 do t[#t + 1] = "line " .. i end local s = table.concat(t, "\n") print(#s, s:sub(-10), select(2, s:gsub("\n", "")))
local s2 = "" for i = 1, 2000 do s2 = s2 .. i end print(#s2)
---- what cannot work in a sandbox is an answer, not a crash
print(os.setlocale(), os.setlocale("C"), os.setlocale("xx_YY")) print(package.loadlib("nothing.so", "f") == nil)
---- warnings
warn("@on") warn("careful ", "now") warn("@off") warn("unseen") print("done")
---- bom and shell line are skipped
print(load("\xEF\xBB\xBF return 1")) print("ok")
---- comments
-- a line --[[ not long ]] print("no")
--[[ long
comment ]] print("after") --[==[ x ]] ]==] print("again")
---print("dashes")
print(#[[

x]]) -- the first newline goes
---- empty program
---- only a return
return 5, 6
---- integer for loops do not wrap around
local n = 0 for i = math.maxinteger - 2, math.maxinteger do n = n + 1 end print(n) for i = math.mininteger, math.mininteger + 2, 2 do io.write(i, " ") end print() for i = 3, 1 do print("never") end print(pcall(function() for i = 1, math.huge do if i > 3 then error("enough", 0) end end end))
