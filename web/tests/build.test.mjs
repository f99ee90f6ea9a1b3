//! What is committed is what the sources give, and no larger than it may be.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

/** Before the reader touches anything. */
const RESTING_BYTES_MAX = 5000;
/** The editor with so many languages; each is loaded when code in it has the focus. */
const EDITOR_BYTES_MAX = 20_000;
const LANGUAGES_ON_A_PAGE = 4;
/** The playground's own script. */
const PLAYGROUND_BYTES_MAX = 12_000;

const web = new URL("..", import.meta.url).pathname;
const dist = join(web, "dist");
const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
const read = (name) => readFileSync(join(dist, name), "utf8");
const compressed = (...names) => names.reduce((sum, name) => sum + gzipSync(read(name), { level: 9 }).length, 0);
const named = (name) => files(dist).filter((file) => file.startsWith(`assets/${name}-`));

/** A script and all that it imports, or only what it cannot do without. */
const closure = (start, imports = /(?:from|import|import\()\s*"\.\/(?:assets\/)?([^"]+)"/g) => {
  const found = new Set();
  const follow = (name) => {
    if (found.has(name)) return;
    found.add(name);
    for (const [, path] of read(name).matchAll(imports)) follow(`assets/${path}`);
  };
  start.forEach(follow);
  return [...found];
};

test("the built files are those of the sources", () => {
  const fresh = mkdtempSync(join(tmpdir(), "coderunner-web-"));
  try {
    execFileSync(process.execPath, [join(web, "build.mjs"), fresh]);
    assert.deepEqual(files(dist), files(fresh), "run `npm run build` in web/ and commit web/dist");
    for (const name of files(fresh)) assert.ok(readFileSync(join(fresh, name)).equals(readFileSync(join(dist, name))), `${name} differs: run \`npm run build\` in web/`);
  } finally {
    rmSync(fresh, { recursive: true });
  }
});

test("the sources are sound", () => {
  execFileSync(process.execPath, [join(web, "node_modules/typescript/bin/tsc"), "--noEmit", "--project", web], { stdio: "inherit" });
});

test("nothing is larger than it may be", () => {
  const resting = compressed("embed.js", "embed.css");
  assert.ok(resting <= RESTING_BYTES_MAX, `embed.js and embed.css: ${resting} bytes compressed`);
  // It brings nothing along by itself.
  assert.doesNotMatch(read("embed.js"), /^import|[;}]import[^(.]/);
  // A page has few languages, and each is loaded by itself.
  const needed = /(?:from|import)\s*"\.\/(?:assets\/)?([^"]+)"/g;
  const editor = closure(named("editor"), needed);
  const grammars = closure(named("editor")).filter((name) => !editor.includes(name) && !name.startsWith("assets/chunk-"));
  assert.ok(grammars.length > 8, `${grammars}`);
  const sizes = grammars.map((name) => compressed(...closure([name], needed).filter((part) => !editor.includes(part))));
  const largest = sizes.sort((a, b) => b - a).slice(0, LANGUAGES_ON_A_PAGE).reduce((sum, size) => sum + size, compressed(...editor));
  assert.ok(largest <= EDITOR_BYTES_MAX, `the editor and the ${LANGUAGES_ON_A_PAGE} largest of its languages: ${largest} bytes compressed`);
  const playground = compressed(...named("playground").filter((name) => name.endsWith(".js")));
  assert.ok(playground <= PLAYGROUND_BYTES_MAX, `the playground: ${playground} bytes compressed`);
});

test("everything that is kept for ever has a name that changes with it", () => {
  assert.deepEqual(files(dist).filter((name) => !name.startsWith("assets/")), ["embed.css", "embed.js", "index.html", "licenses.txt"]);
  for (const name of files(dist).filter((name) => name.startsWith("assets/"))) assert.match(name, /^assets\/[a-z-]+-[A-Z0-9]{8}\.(js|css)$/);
  const used = new Set([...closure(["embed.js", ...named("playground").filter((name) => name.endsWith(".js"))]), ...named("playground")]);
  assert.deepEqual(files(dist).filter((name) => name.startsWith("assets/") && !used.has(name)), [], "nothing uses these");
});
