import sqlite3

memory = sqlite3.connect(':memory:')
memory.execute('create table t(a, b)')
memory.executemany('insert into t values(?, ?)', [(i, str(i)) for i in range(1000)])
print(memory.execute("""select sum(a), sqrt(2), json_extract('{"a": [1, 2]}', '$.a[1]') from t""").fetchone())
memory.execute('create virtual table f using fts5(x)')
memory.execute("insert into f values('hello world')")
print(memory.execute("select * from f where f match 'world'").fetchall())

one = sqlite3.connect('x.db')
one.execute('create table u(x)')
one.execute('insert into u values(1)')
two = sqlite3.connect('x.db', timeout=0.01)
try:
    two.execute('insert into u values(2)')
except sqlite3.OperationalError as error:
    print(error)
one.commit()
two.execute('insert into u values(2)')
two.commit()
print(one.execute('select * from u').fetchall())
