-- Hello
CREATE TABLE language (name TEXT, year INTEGER);
INSERT INTO language VALUES ('SQL', 1974), ('Python', 1991), ('Lua', 1993);
SELECT name, year FROM language ORDER BY year DESC;
