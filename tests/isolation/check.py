import builtins
import os
import sys
print(hasattr(builtins, 'leak'))
print(hasattr(sys, 'leak'))
print(dict(os.environ))
print(os.listdir('/tmp'))
print(os.listdir('/sandbox'))
print('leak' in sys.modules)
