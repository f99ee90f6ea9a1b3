import cmath
import math

for function in (math.acosh, math.cbrt, math.erfc, math.asinh, math.sin, math.tan, math.log10, cmath.acos, cmath.sqrt):
    print(function.__name__, [function(1 + i / 7) for i in range(6)])
