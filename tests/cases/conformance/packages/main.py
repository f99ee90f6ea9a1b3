from importlib.metadata import version

import attr
import bs4
import dateutil.parser
import jinja2
import markdown
import networkx
import sympy
import yaml

print(attr.make_class('Point', ['x', 'y'])(1, 2))
print(sympy.factor(sympy.Symbol('x') ** 2 + sympy.Symbol('x')))
print(networkx.shortest_path(networkx.Graph([(1, 2), (2, 3), (1, 3)]), 1, 3))
print(yaml.safe_load('a: [1, 2]'))
print(jinja2.Template('Hello, {{ name }}!').render(name='world'))
print(markdown.markdown('*it*'))
print(dateutil.parser.parse('29 Feb 2024'))
print(bs4.BeautifulSoup('<a href="x">link</a>', 'html.parser').a.text)
print(version('python-dateutil') == dateutil.__version__ and version('sympy') == sympy.__version__)
