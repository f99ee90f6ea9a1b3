//! A real headless Chromium, one for each test file.

import { after } from "node:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** Nothing that it does by itself: no updates, no lookups. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Until when something that a test waits for has to be there. A bound, not an expectation. */
export const PATIENCE_MS = 60_000;

const profile = mkdtempSync(join(tmpdir(), "coderunner-browser-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: EXECUTABLE,
  headless: true,
  args: FLAGS,
  viewport: { width: 1000, height: 800 },
});
context.setDefaultTimeout(PATIENCE_MS);
after(async () => {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
});

/** A new page in that browser; errors of the page are errors of the test unless it says otherwise. */
export const open = async (url, { errors = [], ...options } = {}) => {
  const page = await context.browser().newPage({ viewport: { width: 1000, height: 800 }, ...options });
  page.setDefaultTimeout(PATIENCE_MS);
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.errors = errors;
  if (url) await page.goto(url);
  return page;
};
