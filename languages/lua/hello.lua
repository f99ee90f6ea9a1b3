-- Says hello from a fresh sandbox.
local name = arg[1] or "world"
print(string.format("Hello, %s! This is %s.", name, _VERSION))
