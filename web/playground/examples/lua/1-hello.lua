-- Hello
local name = arg[1] or "world"
print(("Hello, %s!"):format(name))
