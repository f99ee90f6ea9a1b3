//! The playground, as the server hands it out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "./support/browser.mjs";
import { blog, runner } from "./support/site.mjs";

const site = await blog();
const server = await runner();

const playground = async (fragment = "", options = {}) => {
  const page = await open(undefined, options);
  await enter(page, fragment);
  return page;
};
const enter = async (page, fragment = "") => {
  await page.goto(`${server}/${fragment}`);
  await ready(page);
};
/** The editor and the languages are there. */
const ready = async (page) => {
  await page.locator("#code .language-python, #code .language-javascript").waitFor();
  await page.locator("#language option").nth(1).waitFor({ state: "attached" });
};
const code = (page) => page.locator("#code .pce-textarea");
const said = (page, text) => page.locator("#status").filter({ hasText: text }).waitFor();
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const run = async (page) => {
  await press(page, "Run");
  await said(page, /·|Not run/);
  return page.locator("#output").textContent();
};

test("a program is written, run, stopped and run again", async () => {
  const page = await playground();
  assert.equal(await run(page), "Hello, world!\n");
  assert.match(await page.locator("#usage").textContent(), /^CPU .* memory .* python 3/);
  await code(page).fill("import time\nprint('on', flush=True)\ntime.sleep(9)");
  await press(page, "Run");
  await page.locator("#output").filter({ hasText: "on" }).waitFor();
  await press(page, "Stop");
  await said(page, "Stopped");
  await code(page).fill("print(1 / 0)");
  await code(page).press("Control+Enter");
  await said(page, /^Exit 1 .* line 1$/);
  assert.equal(await page.locator("#code .wrong").count(), 1);
  assert.deepEqual(page.errors, []);
});

test("every language of the server is offered, with what it is not able to run marked", async () => {
  const languages = await (await fetch(`${server}/v1/languages`)).json();
  const page = await playground();
  const options = await page.locator("#language option").evaluateAll((all) => all.map(({ value, disabled }) => [value, !disabled]));
  assert.deepEqual(options.toSorted(), languages.map(({ id, available }) => [id, available]).toSorted());
  await page.getByLabel("Language").selectOption("javascript");
  assert.equal(await page.getByRole("tab").textContent(), "main.js");
  assert.equal(await run(page), "Hello, world!\n");
  // What was written in the other one is still there.
  await page.getByLabel("Language").selectOption("python");
  assert.match(await code(page).inputValue(), /import sys/);
});

test("every example does what it says", async () => {
  const languages = (await (await fetch(`${server}/v1/languages`)).json()).filter(({ available }) => available);
  const page = await playground();
  let count = 0;
  for (const { id } of languages) {
    await page.getByLabel("Language").selectOption(id);
    const titles = (await page.locator("#example option").allTextContents()).slice(1);
    assert.ok(titles.length, `${id} has no example`);
    for (const title of titles) {
      await page.getByLabel("Example").selectOption({ label: title });
      const output = await run(page);
      assert.match(await page.locator("#status").textContent(), title.startsWith("An error") ? /^Exit 1/ : /^Exit 0/, `${id}: ${title}: ${output}`);
      assert.doesNotMatch(output, /^No output/, `${id}: ${title}`);
      assert.equal(await page.locator("#code .language-text").count(), 0, `${id} has no grammar`);
      assert.ok(await page.locator("#code .token").count(), `${id} is not coloured`);
      count++;
    }
  }
  assert.ok(count >= 10, `${count} examples`);
});

test("input, arguments and limits reach the program", async () => {
  const page = await playground();
  await code(page).fill("import sys\nprint(input(), sys.argv[1:])");
  await page.getByRole("textbox", { name: "Standard input" }).fill("typed before");
  await page.getByRole("textbox", { name: "Arguments" }).fill(`a "b c"`);
  assert.equal(await run(page), "typed before ['a', 'b c']\n");
  await code(page).fill("while True: pass");
  await page.getByLabel("CPU, ms").fill("50");
  await run(page);
  await said(page, "Stopped: CPU time limit reached");
});

test("a program can be answered while it runs", async () => {
  const page = await playground();
  await code(page).fill("while line := input('> '):\n    print(line.upper())");
  await page.getByLabel("Type while it runs").check();
  await press(page, "Run");
  const line = page.getByRole("textbox", { name: "Input for the running program" });
  await page.locator("#output").filter({ hasText: ">" }).waitFor();
  await line.fill("hello");
  await line.press("Enter");
  await page.locator("#output").filter({ hasText: "HELLO" }).waitFor();
  await line.press("Enter");
  await said(page, "Exit 0");
  assert.equal(await page.locator("#output").textContent(), "> hello\nHELLO\n> \n");
});

test("files are added, renamed, removed, and what the program wrote can be had", async () => {
  const page = await playground();
  const dialog = page.getByRole("dialog");
  const name = async (path) => {
    await dialog.getByLabel("File name").fill(path);
    await dialog.getByRole("button", { name: "OK" }).click();
  };
  await press(page, "Add file");
  await name("main.py");
  await dialog.getByText("There is a file of this name already.").waitFor();
  await name("../x");
  await dialog.getByText("A name is").waitFor();
  await name("data.txt");
  await code(page).fill("from a file");
  await press(page, "Rename");
  await name("in/data.txt");
  assert.deepEqual(await page.getByRole("tab").allTextContents(), ["main.py", "in/data.txt"]);
  await page.getByRole("tab", { name: "main.py" }).click();
  await code(page).fill(`print(open("in/data.txt").read())\nopen("out.txt", "w").write("written")`);
  assert.equal(await run(page), "from a file\n");
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: "out.txt" }).click();
  const stream = await (await waiting).createReadStream();
  assert.equal(Buffer.concat(await stream.toArray()).toString(), "written");
  await page.getByRole("tab", { name: "in/data.txt" }).click();
  await press(page, "Remove");
  assert.deepEqual(await page.getByRole("tab").allTextContents(), ["main.py"]);
});

test("a link holds the whole program", async () => {
  const page = await playground();
  await page.getByLabel("Language").selectOption("javascript");
  const source = `const text = "<ünï> 🦀 & \\"quotes\\"";\nconsole.log(text, process.argv[2]);\n`;
  await code(page).fill(source);
  await page.getByRole("textbox", { name: "Standard input" }).fill("line 1\nline 2");
  await page.getByRole("textbox", { name: "Arguments" }).fill("--loud");
  await page.getByLabel("Memory, MB").fill("64");
  await press(page, "Share");
  const link = await page.getByRole("textbox", { name: "This link holds the whole program" }).inputValue();
  assert.equal(link, page.url());
  assert.ok(link.length < 400, `${link.length} characters`);
  await page.close();

  const other = await playground(new URL(link).hash);
  assert.equal(await code(other).inputValue(), source);
  assert.equal(await other.getByLabel("Language").inputValue(), "javascript");
  assert.equal(await other.getByRole("textbox", { name: "Standard input" }).inputValue(), "line 1\nline 2");
  assert.equal(await other.getByRole("textbox", { name: "Arguments" }).inputValue(), "--loud");
  assert.equal(await other.getByLabel("Memory, MB").inputValue(), "64");
  assert.equal(await run(other), `<ünï> 🦀 & "quotes" --loud\n`);
});

test("links that are damaged or that would fill the memory are refused", async () => {
  const page = await playground("#v1=bm90IGRlZmxhdGVk");
  await said(page, "The link is damaged");
  assert.match(await code(page).inputValue(), /Hello/);
  const bomb = await page.evaluate(async () => {
    const program = JSON.stringify({ l: "python", f: [["main.py", " ".repeat(2 << 20)]] });
    const packed = new Blob([program]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).replaceAll("+", "-").replaceAll("/", "_");
  });
  await page.evaluate(() => (document.querySelector("#status").textContent = ""));
  await page.evaluate((bomb) => (location.hash = `v1=${bomb}`), bomb);
  await said(page, "The link is damaged");
});

test("what is shared as an embed runs on another page", async () => {
  const page = await playground();
  await code(page).fill(`import sys\nif 1 < 2 and True: print("<b> & 'x'", sys.argv[1], input())`);
  await page.getByRole("textbox", { name: "Arguments" }).fill(`"a b"`);
  await page.getByRole("textbox", { name: "Standard input" }).fill(`say "hi"`);
  await press(page, "Embed");
  const markup = await page.getByRole("textbox", { name: "Put this into your page" }).inputValue();
  const reader = await open(site.page(`<!doctype html><html lang="en"><meta charset="utf-8"><title>A blog</title>${markup}`));
  await reader.getByRole("button", { name: "Run" }).click();
  await reader.getByRole("status").filter({ hasText: "Exit 0" }).waitFor();
  assert.equal(await reader.locator(".out").textContent(), `<b> & 'x' a b say "hi"\n`);
});

test("a reload shows what was there, and the colours stay", async () => {
  const page = await playground();
  await code(page).fill("print('kept')");
  await press(page, "Colours: as the system");
  await press(page, "Colours: light");
  await page.reload();
  await ready(page);
  assert.equal(await code(page).inputValue(), "print('kept')");
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(27, 31, 36)");
  await page.getByRole("button", { name: "Colours: dark" }).waitFor();
});

test("the page keeps to a policy without inline scripts and styles, and says why it cannot run without JavaScript", async () => {
  const html = await (await fetch(`${server}/`)).text();
  const policy = /content="(default-src 'none'[^"]*)"/.exec(html)?.[1] ?? "";
  assert.doesNotMatch(policy, /unsafe|\*/);
  const page = await open(`${server}/`, { javaScriptEnabled: false });
  assert.match(await page.locator("noscript").innerText(), /needs JavaScript/);
});
