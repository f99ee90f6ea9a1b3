//! What a page asks of what it embeds: its policy kept, nothing moved, nothing needed, everybody able to use it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

import { open } from "./support/browser.mjs";
import { blog, runner } from "./support/site.mjs";

const site = await blog();
const server = await runner();
const start = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A blog</title>`;
const head = `${start}<link rel="stylesheet" href="${server}/embed.css"><script type="module" src="${server}/embed.js"></script>`;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const says = (page, text, n = 0) => page.locator("code-runner").nth(n).getByRole("status").filter({ hasText: text }).waitFor();
const press = (page, name, n = 0) => page.locator("code-runner").nth(n).getByRole("button", { name, exact: true }).click();

/** What a careful site allows: itself not even scripts, CodeRunner just what it needs. */
const POLICY = `default-src 'none'; script-src ${server}; style-src ${server}; connect-src ${server} ${server.replace("http", "ws")}; base-uri 'none'; form-action 'none'`;

const FAILING = `<code-runner language="python"><pre>def f(x):
    return 1 / x

f(0)</pre></code-runner>`;

test("a strict content security policy has nothing to refuse", async () => {
  const page = await open();
  await page.addInitScript(() => {
    globalThis.refused = [];
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => refused.push(`${violatedDirective} ${blockedURI}`));
  });
  await page.goto(
    site.page(head + FAILING + `<code-runner language="python" interactive autorun expected="1">print(input())</code-runner>`, {
      "Content-Security-Policy": POLICY,
    }),
  );
  await page.locator(".pce-textarea").first().focus();
  await page.locator(".pce-focus").waitFor();
  await press(page, "Run");
  await says(page, "Exit 1");
  const line = page.getByRole("textbox", { name: "Input for the running program" });
  await line.fill("1");
  await line.press("Enter");
  await says(page, "As expected", 1);
  assert.equal(await page.locator(".wrong").count(), 1);
  // And it does not only work, it looks as it should.
  const look = await page.locator(".bar").first().evaluate((bar) => getComputedStyle(bar).backgroundColor);
  assert.equal(look, "rgb(246, 247, 248)");
  assert.deepEqual(await page.evaluate(() => refused), []);
  assert.deepEqual(page.errors, []);
});

test("a policy that forbids all markup from scripts leaves a program that can be changed and run", async () => {
  const page = await open(site.page(head + FAILING, { "Content-Security-Policy": `${POLICY}; require-trusted-types-for 'script'; trusted-types 'none'` }));
  const field = page.locator(".pce-textarea");
  await field.fill("print('still here')");
  await press(page, "Run");
  await says(page, "Exit 0");
  assert.equal(await page.locator(".out").textContent(), "still here\n");
});

test("a policy that does not allow the server says so where it matters", async () => {
  const page = await open(site.page(head + FAILING, { "Content-Security-Policy": `default-src 'none'; script-src ${server}; style-src ${server}` }));
  await press(page, "Run");
  await says(page, "Not run");
  assert.match(await page.locator(".out").textContent(), /cannot be reached/);
});

/** Counts what moves; `hadRecentInput` is what the reader did. */
const watchShifts = (page) =>
  page.addInitScript(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries())
        if (!hadRecentInput) shifts.push([value, ...sources.map(({ node }) => node?.nodeName)].join(" "));
    }).observe({ type: "layout-shift", buffered: true });
  });
/** What was seen once the page has been drawn twice more. */
const shifts = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(shifts))))));

const PARAGRAPH = `<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit.</p>`;

test("nothing on the page moves, from its loading to the end of a long run", async () => {
  const page = await open();
  await watchShifts(page);
  // The page is drawn before the script is there.
  let release;
  const drawn = new Promise((resolve) => (release = resolve));
  await page.route(/embed\.js/, async (route) => {
    await drawn;
    await route.continue();
  });
  await page.goto(
    site.page(`${head}<body>${PARAGRAPH}
<code-runner language="python">print(1)</code-runner>${PARAGRAPH}
<code-runner language="python"><pre><code>import time
for n in range(15):
    print(n, flush=True)
    time.sleep(0.08)
</code></pre></code-runner>${PARAGRAPH}
<code-runner language="python" autorun><pre>for n in range(20): print(n)</pre></code-runner>${PARAGRAPH}
<code-runner language="python" autorun rows="2" files='{"a.txt":"a"}'>print(open("a.txt").read())</code-runner>${PARAGRAPH}`),
    { waitUntil: "commit" },
  );
  await page.locator("p").last().waitFor();
  const tops = () => page.locator("p").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
  await shifts(page);
  const before = await tops();
  release();
  await page.locator("code-runner .run").first().waitFor();
  await says(page, "Exit 0", 2);
  await says(page, "Exit 0", 3);
  // Lines are not whole numbers of pixels, so sums differ in the last digits.
  (await tops()).forEach((top, n) => assert.ok(Math.abs(top - before[n]) < 0.1, `paragraph ${n} from ${before[n]} to ${top}`));
  await page.locator(".pce-textarea").first().click();
  await page.locator(".pce-focus").waitFor();
  await press(page, "Run", 0);
  await says(page, "Exit 0", 0);
  await press(page, "Run", 1);
  await says(page, "Exit 0", 1);
  assert.deepEqual(await shifts(page), []);
  // The measure would notice.
  await page.evaluate(() => document.body.prepend(Object.assign(document.createElement("p"), { textContent: "moved" })));
  await page.waitForFunction(() => shifts.length > 0);
});

test("without JavaScript there is a plain block of code", async () => {
  const snippet = `<code-runner language="python"><pre><code>def f():
    return 1</code></pre><script type="text/plain" data-setup>hidden = 1</script></code-runner>`;
  const page = await open(site.page(`${head}${snippet}`), { javaScriptEnabled: false });
  const element = page.locator("code-runner");
  assert.equal((await element.innerText()).trimEnd(), "def f():\n    return 1");
  const style = await element.evaluate((one) => {
    const { display, whiteSpaceCollapse, borderTopWidth, fontFamily } = getComputedStyle(one);
    return { display, whiteSpaceCollapse, borderTopWidth, mono: fontFamily.includes("monospace") };
  });
  assert.deepEqual(style, { display: "block", whiteSpaceCollapse: "preserve", borderTopWidth: "1px", mono: true });
  // Without our style sheet it is what any <pre> is.
  const bare = await open(site.page(start + snippet), { javaScriptEnabled: false });
  assert.equal((await bare.locator("code-runner").innerText()).trim(), "def f():\n    return 1");
});

test("the keyboard is enough", async () => {
  const page = await open(site.page(`${head}<a href="#a">before</a>${FAILING}<a href="#b">after</a>`));
  await page.locator("code-runner .run").waitFor();
  const focused = () =>
    page.evaluate(() => {
      let element = document.activeElement;
      while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element.ariaLabel || element.textContent;
    });
  const key = (name) => page.keyboard.press(name);
  const to = async (name) => {
    for (let n = 0; n < 10 && (await focused()) !== name; n++) await key("Tab");
    assert.equal(await focused(), name);
  };
  await key("Tab");
  assert.equal(await focused(), "before");
  await key("Tab");
  assert.equal(await focused(), "Python code");
  await page.locator(".pce-focus").waitFor();
  // Who only passes through is not held.
  await key("Tab");
  assert.equal(await focused(), "Run");
  await key("Shift+Tab");
  assert.equal(await focused(), "Python code");
  // Who types indents with Tab, and leaves with Escape.
  await key("Control+End");
  await page.keyboard.type("\nif x:");
  await key("Enter");
  await key("Tab");
  assert.equal(await focused(), "Python code");
  assert.match(await page.locator(".pce-textarea").inputValue(), /if x:\n {8}$/);
  await key("Escape");
  await key("Tab");
  await to("Reset");
  await key("Enter");
  assert.equal(await focused(), "Run");
  assert.doesNotMatch(await page.locator(".pce-textarea").inputValue(), /if x/);
  // Run with Enter, then go where the status points.
  await key("Enter");
  await says(page, "Exit 1");
  await key("Tab");
  assert.equal(await focused(), "line 2");
  await key("Enter");
  assert.equal(await focused(), "Python code");
  // And from within the code.
  await page.locator("code-runner .out").evaluate((pane) => pane.replaceChildren());
  await key("Control+Enter");
  await page.locator("code-runner .out").filter({ hasText: "ZeroDivisionError" }).waitFor();
  await to("Output");
  await to("after");
});

test("what has the focus can be seen", async () => {
  const page = await open(site.page(head + FAILING));
  await page.keyboard.press("Tab");
  await page.locator(".pce-focus").waitFor();
  const outline = (selector, part) => page.locator(selector).first().evaluate((one, part) => getComputedStyle(one, part).outlineStyle, part);
  assert.equal(await outline("code-runner .code", "::after"), "solid");
  await page.keyboard.press("Tab");
  assert.equal(await outline("code-runner .run"), "solid");
});

/** What axe finds wrong, in short. */
const violations = async (page) => {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  assert.ok(found.passes.length > 5, "axe looked at nothing");
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
};

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing wrong, whatever happens (${colorScheme})`, async () => {
    const page = await open(
      site.page(`${start}<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="${server}/embed.css">
<script type="module" src="${server}/embed.js"></script><main><h1>Title</h1>${FAILING}
<code-runner language="javascript" line-numbers stdin="a" files='{"b.txt":"b"}'><pre>// a comment
const n = 1; console.log("text", n);</pre></code-runner>
<code-runner language="python" interactive>print(input("? "))</code-runner>
<code-runner language="python" readonly expected="2">print(1)</code-runner></main>`),
      { colorScheme },
    );
    await page.locator("code-runner .run").nth(3).waitFor();
    assert.deepEqual(await violations(page), [], "before anything");
    await press(page, "Input", 1);
    await press(page, "Run", 0);
    await says(page, "Exit 1", 0);
    await press(page, "Run", 1);
    await says(page, "Exit 0", 1);
    await press(page, "Run", 3);
    await says(page, "Not as expected", 3);
    await press(page, "Run", 2);
    await page.getByRole("textbox", { name: "Input for the running program" }).waitFor();
    await page.locator(".pce-textarea").nth(1).focus();
    await page.locator(".pce-focus").waitFor();
    assert.deepEqual(await violations(page), [], "in the middle of it");
  });

  test(`axe finds nothing wrong with the playground (${colorScheme})`, async () => {
    const page = await open(`${server}/`, { colorScheme });
    await page.locator("#language option:checked", { hasText: "Python" }).waitFor({ state: "attached" });
    await page.getByLabel("Example").selectOption({ label: "An error, and where it comes from" });
    assert.deepEqual(await violations(page), [], "before anything");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByRole("status").filter({ hasText: "Exit 1" }).waitFor();
    assert.deepEqual(await violations(page), [], "after a run");
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("dialog").waitFor();
    assert.deepEqual(await violations(page), [], "with a dialog");
  });
}

test("a page that is written from right to left keeps code and output from left to right", async () => {
  const page = await open(site.page(head.replace("<html", `<html dir="rtl"`) + `<code-runner language="python">print("a", 1)</code-runner>`));
  await press(page, "Run");
  await says(page, "Exit 0");
  const { left, right } = await page.evaluate(() => {
    const root = document.querySelector("code-runner").shadowRoot;
    const box = root.querySelector(".box").getBoundingClientRect();
    const text = root.querySelector(".out span").getClientRects()[0];
    const button = root.querySelector(".run").getBoundingClientRect();
    return { left: text.left - box.left, right: box.right - button.right };
  });
  // The text starts at the left, the first button stands at the right.
  assert.ok(left < 40 && right < 40, `${left} ${right}`);
});
