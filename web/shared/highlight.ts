//! A first colouring of code, before the editor is loaded: comments, strings, numbers and keywords of every language alike.
//! The editor's own grammars take over when there is one.

const KEYWORDS =
  "and as async await bool break case catch char class const continue def default del do done double elif else enum except " +
  "export extends false False fi final finally float fn for from func function go if impl import in int interface is lambda " +
  "let local loop match mod mut new nil None nonlocal not null or package pass private protected pub public raise readonly repeat return self " +
  "static string struct super switch this throw throws trait True true try type typeof undefined unsafe use var void while " +
  "with yield";
/** Words that are names elsewhere. */
const SQL = " by create delete distinct end group insert join on order select set table then update values when where";
const WORDS = " begin elsif end require then unless";

/** How comments and strings look: by the family of languages. */
const HASH = "#.*";
const DASHES = "--\\[\\[[^]*?\\]\\]|--.*|/\\*[^]*?\\*/";
const SLASHES = "//.*|/\\*[^]*?\\*/";
const STRINGS = `"""[^]*?"""|'''[^]*?'''|"(?:\\\\[^]|[^"\\\\\\n])*"`;
const SINGLE = `|'(?:\\\\[^]|[^'\\\\\\n])*'`;
const TICKS = "|`[^`]*`";
/** A single quote is a character here, or something else entirely. */
const CHARACTER = `|'(?:\\\\[^'\\n]+|[^'\\\\\\n])'`;

/** `code` as lines of the editor's markup. Builds nodes, so that no content security policy minds. */
export const paint = (code: string, language: string): HTMLElement[] => {
  const hash = /^(py|ba|sh|ru?b|cpython)/.test(language);
  const sql = /^sql/.test(language);
  const dashes = sql || /^lua/.test(language);
  const keywords = KEYWORDS + (sql ? SQL : /^(lua|ru?b)/.test(language) ? WORDS : "");
  const quotes = hash || dashes ? SINGLE : /^(j|t|node|ecma|quick)/.test(language) && language !== "java" ? SINGLE + TICKS : CHARACTER + TICKS;
  const pattern = RegExp(
    `(${hash ? HASH : dashes ? DASHES : SLASHES})|(${STRINGS}${quotes})|(\\b\\d[\\w.]*)|\\b(${keywords.replaceAll(" ", "|")})\\b`,
    sql ? "gi" : "g",
  );
  const lines: HTMLElement[] = [];
  const add = (text: string, kind?: string) =>
    text.split("\n").forEach((piece, n) => {
      if (n || !lines.length) {
        const line = document.createElement("div");
        line.className = "pce-line";
        line.ariaHidden = "true";
        lines.push(line);
      }
      if (!piece) return;
      const part = kind ? document.createElement("span") : new Text();
      part.textContent = piece;
      if (kind) (part as HTMLElement).className = "token " + kind;
      lines.at(-1)!.append(part);
    });
  let at = 0;
  add("");
  for (const found of code.matchAll(pattern)) {
    add(code.slice(at, found.index));
    const kind = found.slice(1).findIndex(Boolean);
    add(found[0], ["comment", "string", "number", "keyword"][kind]);
    at = found.index + found[0].length;
  }
  add(code.slice(at));
  for (const line of lines) line.append("\n");
  return lines;
};
