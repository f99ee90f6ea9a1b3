//! The element on somebody else's page, against the real server.

import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "./support/browser.mjs";
import { blog, runner } from "./support/site.mjs";

const site = await blog();
const server = await runner();
const head = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A blog</title>
<link rel="stylesheet" href="${server}/embed.css"><script type="module" src="${server}/embed.js"></script>`;

/** A page of the blog with these snippets, opened. */
const read = (snippets, options) => open(site.page(head + snippets), options);
const snippet = (page, n = 0) => {
  const element = page.locator("code-runner").nth(n);
  return {
    element,
    field: element.locator(".pce-textarea"),
    status: element.getByRole("status"),
    output: element.locator(".out"),
    wrong: element.locator(".wrong"),
    press: (name) => element.getByRole("button", { name, exact: true }).click(),
    /** Waits until the status reads so. */
    says: (text) => element.getByRole("status").filter({ hasText: text }).waitFor(),
    shows: (text) => element.locator(".out").filter({ hasText: text }).waitFor(),
  };
};
const run = async (page, n = 0) => {
  const one = snippet(page, n);
  await one.press("Run");
  await one.says(/·/);
  return one;
};

test("a program on a page of another origin runs where it stands", async () => {
  const page = await read(`<code-runner language="python">print(1 + 1)</code-runner>`);
  const { output, status } = await run(page);
  assert.equal(await output.textContent(), "2\n");
  assert.match(await status.textContent(), /^Exit 0 · \d+(\.\d)? m?s$/);
  assert.equal(await page.getByRole("group", { name: "Python program" }).count(), 1);
  assert.deepEqual(page.errors, []);
  assert.notEqual(new URL(page.url()).origin, server);
});

test("code is read as its author wrote it", async () => {
  const page = await read(`
    <code-runner language="python">
      <pre><code class="x">
        if 1 &lt; 2:
            print("a &amp; b")
      </code></pre>
    </code-runner>
    <code-runner language="python"><script type="text/plain" data-source>
      print("1 < 2 && <b>")
    </script></code-runner>`);
  assert.equal(await snippet(page, 0).field.inputValue(), `if 1 < 2:\n    print("a & b")`);
  assert.equal(await snippet(page, 1).field.inputValue(), `print("1 < 2 && <b>")`);
  assert.equal(await (await run(page, 0)).output.textContent(), "a & b\n");
  assert.equal(await (await run(page, 1)).output.textContent(), "1 < 2 && <b>\n");
});

test("output is there while the program runs, and Stop ends it", async () => {
  const page = await read(`<code-runner language="python"><pre>import time
print("first", flush=True)
time.sleep(9)
print("never")</pre></code-runner>`);
  const one = snippet(page);
  await one.press("Run");
  await one.shows("first");
  assert.equal(await one.status.textContent(), "Running…");
  await one.press("Stop");
  await one.says("Stopped");
  assert.equal(await one.output.textContent(), "first\n");
  // It can be run again.
  await one.press("Run");
  await one.shows("first");
});

test("standard input is what the reader makes of it", async () => {
  const page = await read(`<code-runner language="python" stdin="3 4">print(sum(map(int, input().split())))</code-runner>`);
  assert.equal(await (await run(page)).output.textContent(), "7\n");
  const one = snippet(page);
  await one.press("Input");
  await one.element.getByLabel("Standard input").fill("20 22");
  assert.equal(await (await run(page)).output.textContent(), "42\n");
});

test("a program that asks is answered while it runs", async () => {
  const page = await read(`<code-runner language="python" interactive><pre>name = input("Who? ")
print("Hello,", name)
import sys
print(len(sys.stdin.read()))</pre></code-runner>`);
  const one = snippet(page);
  await one.press("Run");
  await one.shows("Who?");
  const line = one.element.getByLabel("Input for the running program");
  await line.fill("Ada");
  await line.press("Enter");
  await one.shows("Hello, Ada");
  await line.fill("four");
  await line.press("Enter");
  await one.press("End of input");
  await one.says("Exit 0");
  assert.equal(await one.output.textContent(), "Who? Ada\nHello, Ada\nfour\n5\n");
  assert.equal(await line.isVisible(), false);

  await one.press("Run");
  await one.shows("Who?");
  await one.press("Stop");
  await one.says("Stopped");
});

test("changes can be copied and taken back", async () => {
  const page = await read(`<code-runner language="python">print("as written")</code-runner>`);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const one = snippet(page);
  const reset = one.element.getByRole("button", { name: "Reset" });
  assert.equal(await reset.isVisible(), false);
  await one.field.fill(`print("changed")`);
  assert.equal(await (await run(page)).output.textContent(), "changed\n");
  await one.press("Copy");
  await one.element.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `print("changed")`);
  await reset.click();
  assert.equal(await one.field.inputValue(), `print("as written")`);
  assert.equal(await reset.isVisible(), false);
});

test("lines with errors are marked until they are changed", async () => {
  const page = await read(`<code-runner language="python"><pre>def f(x):
    return 1 / x
f(0)</pre></code-runner>
<code-runner language="Node"><pre>let a = 1;

a.b.c;</pre></code-runner>`);
  const one = await run(page);
  assert.match(await one.status.textContent(), /^Exit 1 .* line 2$/);
  assert.deepEqual(await one.wrong.allTextContents(), ["    return 1 / x\n"]);
  await one.press("line 2");
  assert.equal(await one.field.evaluate((field) => field.value.slice(field.selectionStart, field.selectionEnd)), "    return 1 / x");
  await one.field.press("End");
  await one.field.pressSequentially(" ");
  assert.equal(await one.wrong.count(), 0);
  const two = await run(page, 1);
  assert.deepEqual(await two.wrong.allTextContents(), ["a.b.c;\n"]);
});

test("hidden code runs first and does not count", async () => {
  const page = await read(`<code-runner language="python"><script type="text/plain" data-setup>
    import math
    side = 3
  </script><pre>print(math.sqrt(side ** 2))
1 / 0</pre></code-runner>`);
  const one = await run(page);
  assert.equal(await one.field.inputValue(), "print(math.sqrt(side ** 2))\n1 / 0");
  assert.match(await one.output.textContent(), /^3\.0\n[^]*main\.py", line 2, in[^]*ZeroDivisionError/);
  assert.deepEqual(await one.wrong.allTextContents(), ["1 / 0\n"]);
});

test("a program may have several files", async () => {
  const page = await read(`<code-runner language="python" files='{"numbers.txt": "1\\n2\\n"}'>
<script type="text/plain" data-file="shapes.py">
  def area(a, b):
      return a * b
</script><pre>from shapes import area
print(area(6, 7), open("numbers.txt").read().split())</pre></code-runner>`);
  const one = snippet(page);
  assert.deepEqual(await one.element.getByRole("tab").allTextContents(), ["main.py", "numbers.txt", "shapes.py"]);
  assert.equal(await (await run(page)).output.textContent(), "42 ['1', '2']\n");
  await one.element.getByRole("tab", { name: "shapes.py" }).click();
  assert.equal(await one.field.inputValue(), "def area(a, b):\n    return a * b\n");
  await one.field.fill("def area(a, b):\n    return a + b\n");
  assert.match(await (await run(page)).output.textContent(), /^13 /);
  await one.element.getByRole("tab", { name: "main.py" }).click();
  assert.match(await one.field.inputValue(), /^from shapes/);
});

test("arguments and limits are passed on", async () => {
  const page = await read(`<code-runner language="python" args='one "and two"'><pre>import sys
print(sys.argv[1:])</pre></code-runner>
<code-runner language="python" limits="cpu_ms=50"><pre>while True: pass</pre></code-runner>`);
  assert.equal(await (await run(page, 0)).output.textContent(), "['one', 'and two']\n");
  assert.match(await (await run(page, 1)).status.textContent(), /^Stopped: CPU time limit reached · /);
});

test("what is expected is compared", async () => {
  const page = await read(`<code-runner language="python" expected="8">print(3 + 5)</code-runner>
<code-runner language="python" expected="7">print(3 + 5)</code-runner>`);
  assert.match(await (await run(page, 0)).status.textContent(), /^As expected · Exit 0/);
  const { status, output } = await run(page, 1);
  assert.match(await status.textContent(), /^Not as expected · Exit 0/);
  assert.equal(await output.textContent(), "8\nExpected:7");
});

test("a program may run by itself, once it is seen", async () => {
  const page = await open();
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.postDataJSON().source));
  await page.goto(
    site.page(`${head}<style>.far { margin-top: 4000px }</style>
<code-runner language="python" autorun>print("near")</code-runner>
<code-runner language="python" autorun class="far">print("far")</code-runner>`),
  );
  await snippet(page, 0).says("Exit 0");
  assert.deepEqual(sent, [`print("near")`]);
  await snippet(page, 1).element.scrollIntoViewIfNeeded();
  await snippet(page, 1).says("Exit 0");
  assert.deepEqual(sent, [`print("near")`, `print("far")`]);
});

test("a program that is only to be read can be run but not changed", async () => {
  const page = await open();
  const loaded = [];
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(site.page(`${head}<code-runner language="python" readonly>print("fixed")</code-runner>`));
  const { field } = snippet(page);
  await field.click();
  await page.keyboard.type("x");
  assert.equal(await field.inputValue(), `print("fixed")`);
  assert.equal(await (await run(page)).output.textContent(), "fixed\n");
  assert.equal(loaded.some((path) => path.includes("editor")), false, `${loaded}`);
});

test("several on a page are independent of each other", async () => {
  const count = 5;
  const page = await read(Array.from({ length: count }, (_, n) => `<code-runner language="python">print(${n} * 10)</code-runner>`).join("\n"));
  for (let n = 0; n < count; n++) await snippet(page, n).press("Run");
  for (let n = 0; n < count; n++) {
    await snippet(page, n).says("Exit 0");
    assert.equal(await snippet(page, n).output.textContent(), `${n * 10}\n`);
  }
  await snippet(page, 1).field.fill("print('changed')");
  assert.equal(await snippet(page, 2).field.inputValue(), "print(2 * 10)");
  assert.equal(await (await run(page, 1)).output.textContent(), "changed\n");
  assert.equal(await snippet(page, 2).output.textContent(), "20\n");
  assert.deepEqual(page.errors, []);
});

test("nothing but one script and one style sheet is loaded before the reader touches it, and the editor on focus", async () => {
  const page = await open();
  const loaded = [];
  page.on("request", (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === server) loaded.push(pathname.replace(/-[A-Z0-9]{8}/, ""));
  });
  await page.goto(site.page(`${head}<h1>Title</h1><code-runner language="python">print(1)</code-runner>`), { waitUntil: "networkidle" });
  assert.deepEqual(loaded.sort(), ["/embed.css", "/embed.js"]);
  const one = snippet(page);
  await one.press("Run");
  await one.says("Exit 0");
  assert.deepEqual(loaded.filter((path) => /editor|python/.test(path)), []);
  await one.field.focus();
  await one.element.locator(".pce-focus").waitFor();
  assert.deepEqual(loaded.filter((path) => /editor|python/.test(path)), ["/assets/editor.js", "/assets/python.js"]);
});

test("what is typed before the editor is there is not lost", async () => {
  const page = await open();
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route(/assets\/editor/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(site.page(`${head}<code-runner language="python">print()</code-runner>`));
  const one = snippet(page);
  await one.field.click();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.type("12");
  release();
  await one.element.locator(".pce-focus").waitFor();
  await page.keyboard.type("34");
  assert.equal(await one.field.inputValue(), "print(1234)");
  assert.equal(await (await run(page)).output.textContent(), "1234\n");
});

test("without the editor the code can still be changed and run", async () => {
  const page = await open();
  await page.route(/assets\/editor/, (route) => route.abort());
  await page.goto(site.page(`${head}<code-runner language="python">print(1)</code-runner>`));
  const one = snippet(page);
  await one.field.fill("print(2)");
  assert.equal(await one.element.locator(".pce-line").first().textContent(), "print(2)\n");
  assert.equal(await (await run(page)).output.textContent(), "2\n");
});

test("what the server refuses is said as it says it", async () => {
  const page = await read(`<code-runner language="cobol">DISPLAY "x"</code-runner>
<code-runner language="python" server="http://127.0.0.1:9">print(1)</code-runner>`);
  const one = snippet(page, 0);
  await one.press("Run");
  await one.says("Not run");
  assert.match(await one.output.textContent(), /cobol/);
  const two = snippet(page, 1);
  await two.press("Run");
  await two.says("Not run");
  assert.match(await two.output.textContent(), /^http:\/\/127\.0\.0\.1:9 cannot be reached\./);
});

test("no cookie is set, and none is sent", async () => {
  const page = await open();
  await page.context().addCookies([{ name: "session", value: "secret", url: server }]);
  const headers = [];
  page.on("request", async (request) => {
    if (request.url().endsWith("/v1/execute")) headers.push(await request.allHeaders());
  });
  await page.goto(site.page(`${head}<code-runner language="python">print(1)</code-runner>`));
  await run(page);
  // Asked to send them, the browser would have refused to pass on an answer for everybody.
  await snippet(page).says("Exit 0");
  assert.deepEqual(headers.map(({ cookie }) => cookie), [undefined]);
  assert.deepEqual((await page.context().cookies()).map(({ name }) => name), ["session"]);
});

test("a publishable key is sent along", async () => {
  const page = await open();
  const asked = page.waitForRequest((request) => request.method() === "POST");
  await page.goto(site.page(`${head}<code-runner language="python" key="embed-key">print(1)</code-runner>`));
  await snippet(page).press("Run");
  assert.equal((await asked).headers()["x-api-key"], "embed-key");
});

test("it is dark where the page is dark, unless it is told", async () => {
  const colours = (page) => page.locator("code-runner .box").evaluateAll((boxes) => boxes.map((box) => getComputedStyle(box).backgroundColor));
  const [dark, light] = ["rgb(21, 24, 28)", "rgb(255, 255, 255)"];
  const snippets = ["", ` theme="dark"`, ` theme="light"`, ` theme="auto"`].map((theme) => `<code-runner language="python"${theme}>1</code-runner>`).join("");
  const asTheSystem = `<meta name="color-scheme" content="light dark">`;
  assert.deepEqual(await colours(await read(snippets, { colorScheme: "dark" })), [light, dark, light, dark]);
  assert.deepEqual(await colours(await read(asTheSystem + snippets, { colorScheme: "dark" })), [dark, dark, light, dark]);
  assert.deepEqual(await colours(await read(asTheSystem + snippets, { colorScheme: "light" })), [light, dark, light, light]);
});

test("a page can drive it", async () => {
  const page = await read(`<p></p>`);
  await page.evaluate(() => customElements.whenDefined("code-runner"));
  const finished = await page.evaluate(async () => {
    const element = document.createElement("code-runner");
    element.setAttribute("language", "python");
    element.textContent = "print(1)";
    document.body.append(element);
    const finished = new Promise((resolve) => element.addEventListener("code-runner:finished", ({ detail }) => resolve(detail)));
    element.code = "import sys\nprint('driven')\nsys.exit(3)";
    element.run();
    return finished;
  });
  assert.deepEqual(finished.termination, { kind: "exited", code: 3 });
  assert.equal(await snippet(page).output.textContent(), "driven\n");
  // What is taken off the page stops.
  await snippet(page).field.fill("import time\nprint(1, flush=True)\ntime.sleep(9)");
  await snippet(page).press("Run");
  await snippet(page).shows("1");
  const ended = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/v1/execute"));
  await page.evaluate(() => document.querySelector("code-runner").remove());
  await ended;
});

test("a flood of output is bounded on the page", async () => {
  const page = await read(`<code-runner language="python"><pre>for n in range(50_000): print(n, "x" * 10)</pre></code-runner>`);
  const { output } = await run(page);
  const text = await output.textContent();
  assert.ok(text.length <= 210_000, `${text.length} characters`);
  assert.match(text, /49999 x+\n$/);
  assert.equal(await output.getAttribute("data-cut"), "");
  // And it shows the end.
  assert.ok(await output.evaluate((pane) => pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 30));
});
