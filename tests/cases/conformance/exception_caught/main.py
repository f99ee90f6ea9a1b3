try:
    {}["x"]
except KeyError:
    print("caught")
finally:
    print("finally")
