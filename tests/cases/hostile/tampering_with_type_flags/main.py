import gc
members = gc.get_referents(int.__dict__)[0]
members["leak"] = property(lambda self: "leak")
members["__add__"] = lambda a, b: 42
for type_ in (str, list, dict):
    gc.get_referents(type_.__dict__)[0]["leak"] = "leak"
