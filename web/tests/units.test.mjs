//! What needs no browser: endings in words, lines of error messages, arguments, the event stream.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { source } from "./support/source.mjs";

const { ending, errorLines, renumber, succeeded } = await source("shared/result.ts");
const { words } = await source("shared/words.ts");
const { execute } = await source("shared/client.ts");

test("errors are found in what each language prints", () => {
  for (const [path, stderr, lines] of [
    ["main.py", 'Traceback (most recent call last):\n  File "/sandbox/main.py", line 6, in <module>\n    f(0)\n  File "/sandbox/main.py", line 5, in f\n', [5]],
    ["main.py", '  File "/sandbox/main.py", line 2\n    x = = 2\n        ^\nSyntaxError: invalid syntax\n', [2]],
    ["main.py", 'Traceback (most recent call last):\n  File "/sandbox/main.py", line 3, in <module>\n  File "/usr/lib/json.py", line 99, in loads\n', [3]],
    ["main.js", "/sandbox/main.js:2\nfunction f(){ return undefined.x }\n\nTypeError: x\n    at f (/sandbox/main.js:2:22)\n    at Object.<anonymous> (/sandbox/main.js:3:1)\n", [2]],
    ["main.c", "main.c:3:5: warning: unused variable 'x'\nmain.c:5:9: error: expected ';'\nmain.c:8:1: error: unknown type\nmain.c:2:1: note: here\n", [5, 8]],
    ["main.cpp", "/sandbox/main.cpp:12:10: fatal error: 'nothing.hpp' file not found\n", [12]],
    ["main.go", "# command-line-arguments\n./main.go:4:2: undefined: x\n", [4]],
    ["main.go", "panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/sandbox/main.go:9 +0x1d\n", [9]],
    ["main.rs", "error[E0425]: cannot find value `x`\n --> main.rs:2:20\n  |\n", [2]],
    ["main.rs", "\nthread 'main' panicked at main.rs:7:5:\nboom\n", [7]],
    ["Main.java", "Main.java:3: error: ';' expected\n", [3]],
    ["Main.java", 'Exception in thread "main" java.lang.ArithmeticException: / by zero\n\tat Main.main(Main.java:5)\n', [5]],
    ["main.sh", "main.sh: line 3: nothing: command not found\n", [3]],
    ["main.lua", "lua: main.lua:3: attempt to index a nil value (local 'x')\nstack traceback:\n\tmain.lua:3: in main chunk\n\t[C]: in ?\n", [3]],
    ["main.sql", "Parse error near line 2: no such table: t\n", [2]],
    ["main.ts", "main.ts:1:10: error: Unexpected token\n\n1 | const x: = 3;\n  |          ~\n", [1]],
    ["main.py", "something else about domain.py:3\n", []],
    ["main.py", "", []],
  ])
    assert.deepEqual(errorLines(stderr, path), lines, stderr);
});

test("lines are counted without the hidden ones", () => {
  assert.equal(renumber('  File "/sandbox/main.py", line 7, in f\n', "main.py", 5), '  File "/sandbox/main.py", line 2, in f\n');
  assert.equal(renumber("at f (/sandbox/main.js:12:5)", "main.js", 2), "at f (/sandbox/main.js:10:5)");
  assert.equal(renumber('File "/sandbox/main.py", line 3', "main.py", 5), 'File "/sandbox/main.py", line 3');
  assert.equal(renumber('File "/usr/lib/other.py", line 7', "main.py", 5), 'File "/usr/lib/other.py", line 7');
});

test("endings are told apart", () => {
  const usage = { wall_us: 1500, cpu_us: 1, memory_bytes_peak: 1, output_bytes: 1 };
  for (const [run, said, well] of [
    [{ stage: "run", termination: { kind: "exited", code: 0 } }, "Exit 0 · 1.5 ms", true],
    [{ stage: "run", termination: { kind: "exited", code: 3 } }, "Exit 3 · 1.5 ms", false],
    [{ stage: "compile", termination: { kind: "exited", code: 1 } }, "Did not compile · 1.5 ms", false],
    [{ stage: "run", termination: { kind: "crashed", reason: "out of bounds" } }, "Crashed: out of bounds · 1.5 ms", false],
    [{ stage: "run", termination: { kind: "limit_exceeded", resource: "wall_time" } }, "Stopped: time limit reached · 1.5 ms", false],
    [{ stage: "run", cached: true, termination: { kind: "exited", code: 0 } }, "Exit 0 · 1.5 ms · cached", true],
  ]) {
    assert.equal(ending({ ...run, usage }), said);
    assert.equal(succeeded({ ...run, usage }), well);
  }
});

test("arguments are split as people expect", () => {
  assert.deepEqual(words(`a "b c"  d`), ["a", "b c", "d"]);
  assert.deepEqual(words(`["a b", ""]`), ["a b", ""]);
  assert.deepEqual(words(`"" x`), ["", "x"]);
  assert.deepEqual(words("  "), []);
});

/** Runs against a server that answers with these pieces of an event stream. */
const streamed = async (pieces, status = 200) => {
  const server = createServer(async (request, response) => {
    response.writeHead(status, { "Content-Type": "text/event-stream" });
    for (const piece of pieces) {
      response.write(piece);
      // Each on its own way to the reader.
      await new Promise((sent) => setImmediate(sent));
    }
    response.end();
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const seen = [];
  try {
    await execute({ server: `http://127.0.0.1:${server.address().port}` }, { language: "python", source: "" }, new AbortController().signal, {
      output: (stream, text) => seen.push([stream, text]),
      finished: ({ termination }) => seen.push(["finished", termination]),
      failed: ({ message }) => seen.push(["failed", message]),
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return seen;
};

test("events are put together from whatever pieces they come in", async () => {
  const finished = `event: finished\ndata: {"termination":{"kind":"exited","code":0}}\n\n`;
  const whole = `: keep-alive\n\nevent: started\ndata: {"id":"1"}\n\nevent: stdout\ndata: {"text":"ünï\\n\\n🦀"}\n\nevent: stderr\r\ndata: {"text":"e"}\r\n\r\n${finished}`;
  const seen = [
    ["stdout", "ünï\n\n🦀"],
    ["stderr", "e"],
    ["finished", { kind: "exited", code: 0 }],
  ];
  const bytes = Buffer.from(whole);
  assert.deepEqual(await streamed([bytes]), seen);
  assert.deepEqual(await streamed([...bytes].map((byte) => Buffer.from([byte]))), seen);
  // What comes after the end is not looked at.
  assert.deepEqual(await streamed([whole + finished]), seen);
});

test("a stream that breaks off is no success", async () => {
  const lost = [["failed", "The connection was lost before the program ended."]];
  assert.deepEqual(await streamed([]), lost);
  assert.deepEqual(await streamed([`event: stdout\ndata: {"text":"a"}\n\nevent: fini`]), [["stdout", "a"], ...lost]);
  assert.deepEqual(await streamed([`event: stdout\ndata: {"te\n\n`]), lost);
  assert.deepEqual(await streamed([`event: error\ndata: {"error":{"message":"the queue is full"}}\n\n`]), [["failed", "the queue is full"]]);
  assert.deepEqual(await streamed([`{"error":{"message":"no such language"}}`], 400), [["failed", "no such language"]]);
});
