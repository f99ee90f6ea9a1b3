try:
    import numpy
except ImportError as error:
    print(error)
import sortedcontainer
