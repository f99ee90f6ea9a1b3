-- Says hello from a fresh sandbox.
CREATE TABLE greetings (language TEXT, greeting TEXT);
INSERT INTO greetings VALUES ('English', 'Hello, world!'), ('Deutsch', 'Hallo, Welt!'), ('Français', 'Bonjour, le monde !');
SELECT * FROM greetings ORDER BY language;
