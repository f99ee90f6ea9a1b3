---- one value
SELECT 1 + 1;
---- several statements and tables
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, born INTEGER, height REAL);
INSERT INTO people (name, born, height) VALUES ('Ann', 1990, 1.71), ('Bob', 1985, 1.8), ('Çelik', NULL, 1.65), ('Дарья', 2001, NULL);
SELECT * FROM people;
SELECT name, 2026 - born AS age FROM people WHERE born IS NOT NULL ORDER BY age;
SELECT count(*), avg(height), min(name), max(born), total(height), group_concat(name, ', ') FROM people;
---- every type and its name
SELECT 1, 1.0, 1.5e300, 'text', x'00ff', NULL, 9223372036854775807, -0.0, 1e15, 123456789.125, 0.1 + 0.2, 1/3, 1/3.0, 1/0;
SELECT typeof(1), typeof(1.0), typeof('a'), typeof(x''), typeof(NULL), typeof(9223372036854775807 + 1);
---- nothing selected
CREATE TABLE empty (a, b);
SELECT * FROM empty;
SELECT count(*) AS n FROM empty;
---- joins
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE b (a_id INTEGER REFERENCES a(id), y TEXT);
INSERT INTO a VALUES (1, 'one'), (2, 'two'), (3, 'three'); INSERT INTO b VALUES (1, 'uno'), (1, 'eins'), (3, 'drei'), (9, 'none');
SELECT x, y FROM a JOIN b ON a.id = b.a_id ORDER BY 1, 2;
SELECT x, y FROM a LEFT JOIN b ON a.id = b.a_id ORDER BY a.id, y;
SELECT x, y FROM a FULL JOIN b ON a.id = b.a_id ORDER BY x NULLS LAST, y;
SELECT count(*) FROM a, b; SELECT * FROM a NATURAL JOIN (SELECT 2 AS id, 'n' AS z);
---- grouping
CREATE TABLE sales (region TEXT, product TEXT, amount INTEGER);
INSERT INTO sales VALUES ('N', 'x', 10), ('N', 'y', 20), ('S', 'x', 5), ('S', 'x', 15), ('W', 'y', 0);
SELECT region, sum(amount) AS total, count(DISTINCT product) FROM sales GROUP BY region HAVING total > 0 ORDER BY total DESC;
SELECT product, sum(amount) FILTER (WHERE region = 'N') AS north FROM sales GROUP BY product;
---- window functions
WITH t(d, v) AS (VALUES (1, 10), (2, 20), (3, 5), (4, 40))
SELECT d, v, sum(v) OVER (ORDER BY d) AS running, rank() OVER (ORDER BY v DESC) AS r, lag(v) OVER (ORDER BY d) AS before,
  avg(v) OVER (ORDER BY d ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS smooth, ntile(2) OVER (ORDER BY d) AS half FROM t;
---- recursive queries
WITH RECURSIVE fib(n, a, b) AS (VALUES (1, 0, 1) UNION ALL SELECT n + 1, b, a + b FROM fib WHERE n < 15) SELECT n, a FROM fib;
WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x WHERE i < 100000) SELECT count(*), sum(i), max(i) FROM x;
---- mandelbrot
WITH RECURSIVE xaxis(x) AS (VALUES(-2.0) UNION ALL SELECT x+0.05 FROM xaxis WHERE x<1.2), yaxis(y) AS (VALUES(-1.0) UNION ALL SELECT y+0.1 FROM yaxis WHERE y<1.0),
 m(iter, cx, cy, x, y) AS (SELECT 0, x, y, 0.0, 0.0 FROM xaxis, yaxis UNION ALL SELECT iter+1, cx, cy, x*x-y*y + cx, 2.0*x*y + cy FROM m WHERE (x*x + y*y) < 4.0 AND iter<28),
 m2(iter, cx, cy) AS (SELECT max(iter), cx, cy FROM m GROUP BY cx, cy), a(t) AS (SELECT group_concat(substr(' .+*#', 1+min(iter/7,4), 1), '') FROM m2 GROUP BY cy)
SELECT group_concat(rtrim(t), x'0a') AS set_ FROM a;
---- sudoku
WITH RECURSIVE input(sud) AS (VALUES('53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79')),
 digits(z, lp) AS (VALUES('1', 1) UNION ALL SELECT CAST(lp+1 AS TEXT), lp+1 FROM digits WHERE lp<9),
 x(s, ind) AS (SELECT sud, instr(sud, '.') FROM input UNION ALL SELECT substr(s, 1, ind-1) || z || substr(s, ind+1), instr(substr(s, 1, ind-1) || z || substr(s, ind+1), '.')
  FROM x, digits AS z WHERE ind>0 AND NOT EXISTS (SELECT 1 FROM digits AS lp WHERE z.z = substr(s, ((ind-1)/9)*9 + lp, 1) OR z.z = substr(s, ((ind-1)%9) + (lp-1)*9 + 1, 1)
   OR z.z = substr(s, (((ind-1)/3) % 3) * 3 + ((ind-1)/27) * 27 + lp + ((lp-1) / 3) * 6, 1)))
SELECT s FROM x WHERE ind=0;
---- subqueries and set operations
CREATE TABLE t (n); INSERT INTO t VALUES (1), (2), (3), (4);
SELECT n, (SELECT sum(n) FROM t AS u WHERE u.n <= t.n) AS s, EXISTS (SELECT 1 FROM t AS u WHERE u.n = t.n + 3) AS e FROM t WHERE n IN (SELECT n FROM t WHERE n % 2 = 0 UNION VALUES (1));
SELECT n FROM t EXCEPT SELECT 2 INTERSECT SELECT n FROM t ORDER BY n DESC LIMIT 2 OFFSET 1;
---- inserts that conflict, returning
CREATE TABLE c (k TEXT PRIMARY KEY, n INTEGER DEFAULT 1) WITHOUT ROWID;
INSERT INTO c (k) VALUES ('a'), ('b'), ('a') ON CONFLICT (k) DO UPDATE SET n = n + 1;
INSERT OR IGNORE INTO c VALUES ('a', 99); REPLACE INTO c VALUES ('b', 7);
SELECT * FROM c; DELETE FROM c WHERE n > 5 RETURNING k, n; UPDATE c SET n = 0 RETURNING *; SELECT changes(), total_changes();
---- constraint errors
CREATE TABLE p (id INTEGER PRIMARY KEY, v INTEGER CHECK (v > 0), u TEXT UNIQUE, nn TEXT NOT NULL DEFAULT 'x');
INSERT INTO p VALUES (1, 1, 'a', 'b');
INSERT INTO p VALUES (1, 2, 'b', 'b');
INSERT INTO p (v) VALUES (-1);
INSERT INTO p (u) VALUES ('a');
INSERT INTO p (nn) VALUES (NULL);
SELECT * FROM p;
---- foreign keys
PRAGMA foreign_keys = ON;
CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (p INTEGER REFERENCES parent ON DELETE CASCADE);
INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (1), (1), (2);
INSERT INTO child VALUES (3);
DELETE FROM parent WHERE id = 1; SELECT * FROM child;
---- syntax errors, line by line
SELECT 1;
SELEC 2;

SELECT
  a,
  FROM t;
SELECT 3;
---- an unknown column and function
CREATE TABLE t (name);
SELECT nam FROM t;
SELECT nofunc(1);
SELECT t.x FROM t;
INSERT INTO t VALUES (1, 2);
DROP TABLE missing;
---- wrong number of arguments, ambiguous names
SELECT substr('a');
SELECT abs(-9223372036854775808);
CREATE TABLE a (x); CREATE TABLE b (x); SELECT x FROM a, b;
SELECT count(*) FROM a GROUP BY 5;
---- an unfinished statement at the end
SELECT 1;
SELECT 'no end
---- without a semicolon at the end
SELECT 'last'
---- comments
-- a comment
SELECT 1 /* inside */ AS one; -- behind
/* long
comment */ SELECT ';' AS semicolon;
---- transactions
CREATE TABLE t (n); BEGIN; INSERT INTO t VALUES (1); SAVEPOINT s; INSERT INTO t VALUES (2); ROLLBACK TO s; INSERT INTO t VALUES (3); COMMIT;
SELECT * FROM t; BEGIN; DELETE FROM t; ROLLBACK; SELECT count(*) FROM t;
COMMIT;
---- triggers and views
CREATE TABLE t (n INTEGER); CREATE TABLE log (message TEXT);
CREATE TRIGGER big BEFORE INSERT ON t WHEN NEW.n > 100 BEGIN SELECT RAISE(ABORT, 'too big'); END;
CREATE TRIGGER logged AFTER UPDATE OF n ON t BEGIN INSERT INTO log VALUES (OLD.n || ' -> ' || NEW.n); END;
CREATE VIEW doubled AS SELECT n * 2 AS d FROM t;
INSERT INTO t VALUES (1), (2); UPDATE t SET n = n + 10; SELECT * FROM log; SELECT * FROM doubled;
INSERT INTO t VALUES (1000);
INSERT INTO doubled VALUES (1);
---- dates
SELECT date('2024-02-29', '+1 year'), time('12:34:56', '-1 hours'), datetime(0, 'unixepoch'), julianday('2000-01-01'), unixepoch('2024-01-01');
SELECT strftime('%Y %j %W %w %H:%M:%f', '2024-03-10 01:02:03.456'), date('now') > '2024', timediff('2024-03-01', '2024-02-01'), date('garbage');
---- text functions
SELECT upper('abcé'), lower('ABC'), length('日本'), substr('hello', 2, 3), substr('hello', -3), trim('  x '), replace('aXbX', 'X', '-'), instr('hello', 'l'), hex('az'), char(72, 8364), unicode('€');
SELECT printf('%05d|%-5s|%.3f|%x|%,d|%e|%%|%c|%Q', 42, 'ab', 3.14159, 255, 1234567, 12345.678, 'z', 'it''s'), quote('a''b'), quote(NULL), 'a' || 1 || 2.0;
SELECT 'abc' LIKE 'A%', 'abc' GLOB 'a*', 'a_c' LIKE 'a\_c' ESCAPE '\', 'abc' REGEXP '^a.c$', coalesce(NULL, 2), ifnull(NULL, 3), nullif(1, 1), iif(1 > 2, 'y', 'n'), concat_ws('-', 'a', NULL, 'b');
---- mathematics
SELECT round(2.5), round(-2.567, 2), abs(-3), 7 / 2, 7 % 3, -7 / 2, -7 % 3, 7.0 / 2, 1 << 4, 5 & 3, 5 | 2, ~0, max(1, 5, 3), min(2, 1), sign(-4);
SELECT sqrt(2), pow(2, 10), exp(1), ln(10), log(100), log2(8), pi(), sin(1), cos(1), atan2(1, 2), floor(-1.5), ceil(1.2), trunc(-1.7), degrees(pi()), mod(7, 2.5);
---- json
SELECT json('{"a": [1, 2.5, null, true, "x"]}'), json_extract('{"a": {"b": [10, 20]}}', '$.a.b[1]'), '{"x": 5}' ->> '$.x', '{"x": [1]}' -> 'x', json_array(1, 'a', NULL), json_object('k', 1);
SELECT key, value, type FROM json_each('{"a": 1, "b": [2], "c": "d"}'); SELECT json_group_array(value) FROM json_each('[3, 1, 2]');
SELECT json('{bad');
---- case, cast, collation, between
SELECT CASE WHEN 1 THEN 'yes' ELSE 'no' END, CASE 3 WHEN 1 THEN 'a' END, CAST('12abc' AS INTEGER), CAST(3.9 AS INTEGER), CAST(5 AS TEXT), 'a' = 'A' COLLATE NOCASE, 5 BETWEEN 1 AND 10, 1 IN (1, 2), NULL IS NULL, NULL = NULL, 'x' IS NOT 'y', 1 < 'a', '10' < 9;
---- generated columns, strict tables
CREATE TABLE g (w REAL, h REAL, area REAL GENERATED ALWAYS AS (w * h) STORED); INSERT INTO g VALUES (2, 3), (1.5, 4); SELECT * FROM g;
CREATE TABLE s (n INTEGER, t TEXT) STRICT; INSERT INTO s VALUES (1, 'a');
INSERT INTO s VALUES ('x', 'a');
---- alter
CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2); ALTER TABLE t ADD COLUMN c DEFAULT 'new'; ALTER TABLE t RENAME COLUMN a TO first; ALTER TABLE t DROP COLUMN b; ALTER TABLE t RENAME TO u; SELECT * FROM u; SELECT sql FROM sqlite_schema;
---- indexes and plans
CREATE TABLE t (a, b); CREATE INDEX i ON t (a); CREATE UNIQUE INDEX u ON t (b) WHERE a > 1;
EXPLAIN QUERY PLAN SELECT * FROM t WHERE a = 1 ORDER BY b; EXPLAIN QUERY PLAN SELECT * FROM t, t AS u WHERE t.b = u.a; SELECT name, "unique", partial FROM pragma_index_list('t') ORDER BY 1;
---- full text search
CREATE VIRTUAL TABLE docs USING fts5(title, body);
INSERT INTO docs VALUES ('First', 'the quick brown fox'), ('Second', 'jumps over the lazy dog'), ('Third', 'quick quick');
SELECT title, snippet(docs, 1, '[', ']', '…', 3) FROM docs WHERE docs MATCH 'quick' ORDER BY rank; SELECT highlight(docs, 1, '<', '>') FROM docs('lazy OR brown') ORDER BY rowid;
---- rtree and series
CREATE VIRTUAL TABLE r USING rtree(id, x0, x1, y0, y1); INSERT INTO r VALUES (1, 0, 1, 0, 1), (2, 5, 6, 5, 6); SELECT id FROM r WHERE x0 > 2; SELECT value FROM generate_series(0, 20, 5);
---- modes of the shell
CREATE TABLE t (id INTEGER, name TEXT); INSERT INTO t VALUES (1, 'one'), (2, NULL), (3, 'a "quoted", thing');
.mode csv
SELECT * FROM t;
.mode json
SELECT * FROM t;
.mode markdown
SELECT * FROM t;
.mode line
SELECT * FROM t;
.mode insert t
SELECT * FROM t;
.mode list
.headers on
.separator ;
.nullvalue NULL
SELECT * FROM t;
.mode column
SELECT * FROM t;
.mode table
SELECT * FROM t;
.mode quote
SELECT * FROM t;
.mode html
SELECT * FROM t;
---- the shell looks at the schema
CREATE TABLE alpha (x INTEGER, y TEXT DEFAULT 'd'); CREATE INDEX ix ON alpha (y); CREATE VIEW v AS SELECT x FROM alpha;
.tables
.schema
.indexes
.dump
.print done
.show nonsense
.nosuchcommand
---- the shell ends
SELECT 1;
.exit 7
SELECT 2;
---- bail on the first error
.bail on
SELECT 1;
SELECT nope;
SELECT 2;
---- parameters
.parameter init
.parameter set :name 'Ann'
.parameter set @n 5
SELECT :name, @n + 1, ?1;
.parameter list
---- files written and read by the shell
CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, 'y, z');
.mode csv
.output t.csv
SELECT * FROM t;
.output
.mode box
.import --csv t.csv u
.import --csv missing.csv w
SELECT * FROM u;
.read missing.sql
SELECT length(readfile('t.csv')), writefile('out.txt', 'hello'), readfile('out.txt');
.save copy.db
ATTACH 'copy.db' AS copy; SELECT * FROM copy.t;
.open copy.db
INSERT INTO t VALUES (3, 'z'); SELECT count(*) FROM t;
---- wide values and newlines
SELECT 'line 1' || char(10) || 'line 2' AS two_lines, printf('%.*c', 200, 'w') AS wide, 'tab	in' AS tab, '日本語' AS cjk, '👍🏽' AS emoji;
---- a table of many rows
WITH RECURSIVE r(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r WHERE n < 120) SELECT n, n * n AS square, n % 7 = 0 AS seventh FROM r;
---- blobs
SELECT x'48656c6c6f' AS b, hex(zeroblob(4)), length(x'0001'), CAST(x'41' AS TEXT), x'' IS NULL, quote(x'ab');
---- hashes, checks, base64
SELECT hex(sha3('abc', 256)), base64(x'010203'), decimal_add('1.1', '2.2'), sha1('x') IS NOT NULL;
PRAGMA integrity_check; PRAGMA user_version = 5; PRAGMA user_version; PRAGMA table_info(sqlite_schema);
---- deep expressions and long queries
SELECT 1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1 AS many, ((((((((((((((((((((1)))))))))))))))))))) AS nested;
WITH RECURSIVE t(s, n) AS (VALUES ('1', 1) UNION ALL SELECT s || '+1', n + 1 FROM t WHERE n < 500) SELECT length(max(s)) FROM t;
---- empty program
---- only a comment
-- nothing
---- percentile and statistics
WITH t(v) AS (VALUES (1), (2), (3), (4), (100)) SELECT median(v), percentile(v, 90), sum(v), avg(v) FROM t;
---- update from, delete with limit, values
CREATE TABLE t (id, v); INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'); UPDATE t SET v = s.n FROM (VALUES (1, 'x')) AS q JOIN (SELECT 1 AS k, 'new' AS n) AS s WHERE t.id = s.k;
DELETE FROM t WHERE id > 1 ORDER BY id DESC LIMIT 1; SELECT * FROM t; VALUES (1, 2), (3, 4);
