//! What a snippet does once its reader has touched it: editing, running, showing what came back.

import { area } from "../shared/area";
import { execute, interact, type Input, type Listener, type Program } from "../shared/client";
import { h, sheet } from "../shared/dom";
import { output } from "../shared/output";
import type { Plain } from "../shared/plain";
import { ending, errorLines, renumber, succeeded } from "../shared/result";
import { words } from "../shared/words";
import rich from "../shared/rich.css";
import look from "./session.css";

/** Until when the output may grow after the reader asked for it. What comes later scrolls: nothing moves under their eyes. */
const GROWS_MS_MAX = 350;
/** Lines that are kept free for the output of a program that runs for longer. */
const ROWS_WHILE_RUNNING = 5;
/** How long a button says what it has done. */
const SAID_MS = 1500;

/** What `embed.ts` has put on the page. */
export interface Parts {
  host: HTMLElement;
  box: HTMLElement;
  tabs: HTMLElement;
  text: Plain;
  bar: HTMLElement;
  run: HTMLButtonElement;
  input: HTMLButtonElement;
  status: HTMLElement;
  reset: HTMLButtonElement;
  copy: HTMLButtonElement;
  pane: HTMLElement;
  language: string;
  files: { path: string; content: string }[];
  /** What the author gave as attribute or data block. */
  given(name: string): string | undefined;
}

/** What can be done with a snippet. */
export interface Session {
  run(): void;
  stop(): void;
  reset(): void;
  change(code: string): void;
  /** Does what a button is for. */
  press(button: HTMLElement): void;
}

/** What the other files are written in, by the ends of their names. */
const languageOf = (path: string, language: string): string =>
  /\.(py|js|mjs|ts|tsx|sh|rb|rs|go|java|c|h|cpp|hpp|lua|sql)$/.test(path) ? language : "text";

const sheets = [rich, look].map(sheet);

/** Brings a snippet to life. */
export const session = (parts: Parts): Session => {
  const { host, box, tabs, text, bar, run, input, status, reset, copy, pane, language, files, given } = parts;
  const has = (name: string) => host.hasAttribute(name);
  const interactive = has("interactive");
  const originals = files.map((file) => file.content);
  const entry = files[0]!;
  // The reader may have been quicker than this file.
  entry.content = text.field.value;
  let shown = 0;

  const stdin = h("textarea", {
    className: "stdin",
    rows: 2,
    spellcheck: false,
    ariaLabel: "Standard input",
    placeholder: "Standard input",
    value: given("stdin") ?? "",
    hidden: true,
  });
  const line = h("input", {
    className: "line",
    ariaLabel: "Input for the running program",
    placeholder: "Type a line, then Enter",
    autocomplete: "off",
  });
  const noMore = h("button", { type: "button" }, "End of input");
  const asked = h("form", { className: "asked", hidden: true }, line, noMore);
  Object.assign(pane, { role: "log", tabIndex: 0, ariaLabel: "Output" });
  bar.after(stdin);
  box.append(asked);
  box.parentNode && ((box.getRootNode() as ShadowRoot).adoptedStyleSheets.push(...sheets));

  const unchanged = () => (reset.hidden = files.every(({ content }, n) => content === originals[n]));
  const code = area(text, language, () => {
    files[shown]!.content = code.value;
    unchanged();
  });
  const out = output(pane);
  const select = (n: number) => {
    shown = n;
    [...tabs.children].forEach((tab, at) => {
      tab.ariaSelected = `${at === n}`;
      (tab as HTMLElement).tabIndex = at === n ? 0 : -1;
    });
  };
  const show = (n: number) => {
    const { path, content } = files[n]!;
    select(n);
    code.show(content, n ? languageOf(path, language) : language, files[1] && path);
  };
  tabs.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    show((shown + step + files.length) % files.length);
    (tabs.children[shown] as HTMLElement).focus();
  });

  const say = (mood: string, ...what: (string | Node)[]) => {
    box.className = "box " + mood;
    status.replaceChildren(...what);
  };
  const note = (...what: string[]) => pane.append(h("span", { className: "note" }, ...what));

  /** What is sent, with `setup` in front of what the reader sees. */
  const program = (setup: string): Program => {
    const content = setup + entry.content;
    const limits = given("limits");
    const args = given("args");
    return {
      language,
      ...(has("version") && { version: given("version")! }),
      ...(files[1] || has("file") ? { files: [{ path: entry.path, content }, ...files.slice(1)] } : { source: content }),
      ...(!interactive && stdin.value && { stdin: stdin.value }),
      ...(args && { args: words(args) }),
      ...(limits && { limits: Object.fromEntries([...limits.matchAll(/(\w+)\W+(\d+)/g)].map(([, name, value]) => [name, +value!])) }),
      ...(has("cache") && { cache: true }),
    };
  };

  /** Room for the output: just what it needs if it comes at once, fixed from then on. */
  const makeRoom = () => {
    const before = pane.offsetHeight;
    pane.hidden = false;
    if (has("autorun")) return;
    const rows = given("rows");
    const lines = (count: number | string) => `calc(1.5em + ${count} * 1em * var(--cr-leading) + 1px)`;
    pane.style.height = rows ? lines(rows) : "";
    pane.style.minHeight = before + "px";
    setTimeout(() => {
      if (stopping && !rows) pane.style.height = `max(${pane.offsetHeight}px, ${lines(ROWS_WHILE_RUNNING)})`;
      pane.style.minHeight = "";
    }, GROWS_MS_MAX);
  };

  let stopping: AbortController | undefined;
  let typing: Input | undefined;
  const done = () => {
    out.flush();
    stopping = undefined;
    run.textContent = "Run";
    if (asked.contains((box.getRootNode() as ShadowRoot).activeElement)) run.focus();
    asked.hidden = true;
  };

  const start = () => {
    if (stopping) return;
    const { signal } = (stopping = new AbortController());
    const setup = given("setup");
    const hidden = setup ? setup.split("\n").length : 0;
    out.clear();
    code.mark([]);
    makeRoom();
    run.textContent = "Stop";
    say("running", "Running…");

    // The program's line numbers are not the reader's when there is hidden code: lines of error messages are counted anew.
    let held = "";
    const listener: Listener = {
      output(stream, text) {
        if (hidden && stream === "stderr") {
          held += text;
          const end = held.lastIndexOf("\n") + 1;
          text = renumber(held.slice(0, end), entry.path, hidden);
          held = held.slice(end);
        }
        if (text) out.write(stream, text);
      },
      finished(result) {
        if (held) out.write("stderr", renumber(held, entry.path, hidden));
        done();
        let well = succeeded(result);
        const said: (string | Node)[] = [ending(result)];
        const wrong = well ? [] : errorLines(out.text("stderr"), entry.path);
        if (wrong[0]) {
          if (shown) show(0);
          code.mark(wrong);
          said.push(" · ", h("button", { onclick: () => code.goTo(wrong[0]!) }, `line ${wrong[0]}`));
        }
        if (!pane.hasChildNodes()) note("No output.");
        if (result.truncated) note("The rest of the output was cut off.");
        const expected = given("expected");
        if (expected !== undefined && well) {
          const trimmed = (text: string) => text.replace(/[^\S\n]+$/gm, "").trimEnd();
          well = trimmed(out.text("stdout")) === trimmed(expected);
          said.unshift(well ? "As expected · " : "Not as expected · ");
          if (!well) {
            note("Expected:");
            pane.append(expected);
          }
        }
        say(well ? "good" : "bad", ...said);
        host.dispatchEvent(new CustomEvent("code-runner:finished", { bubbles: true, detail: { ...result, well } }));
      },
      failed({ message, suggestion }) {
        done();
        note(suggestion ? `${message} ${suggestion}` : message);
        say("bad", "Not run");
      },
    };
    signal.addEventListener("abort", () => {
      done();
      say("", "Stopped");
    });
    const target = { server: new URL(given("server") ?? import.meta.url).origin, key: given("key") };
    if (interactive) {
      typing = interact(target, program(setup ? setup + "\n" : ""), signal, listener).input;
      asked.hidden = false;
      line.focus();
    } else execute(target, program(setup ? setup + "\n" : ""), signal, listener);
  };

  const stop = () => stopping?.abort();
  const restore = () => {
    files.forEach((file, n) => (file.content = originals[n]!));
    show(shown);
    unchanged();
  };
  const told = async (button: HTMLElement, doing: Promise<void>) => {
    const label = button.textContent;
    button.textContent = await doing.then(
      () => "Copied",
      () => "Not allowed",
    );
    setTimeout(() => (button.textContent = label), SAID_MS);
  };

  asked.onsubmit = (event) => {
    event.preventDefault();
    out.write("input", line.value + "\n");
    typing!.send(line.value + "\n");
    line.value = "";
  };
  noMore.onclick = () => {
    typing!.end();
    asked.hidden = true;
    run.focus();
  };
  box.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      start();
    },
    true,
  );
  select(0);
  unchanged();

  return {
    run: start,
    stop,
    reset: restore,
    change(content) {
      entry.content = content;
      show(0);
      unchanged();
    },
    press(button) {
      if (button === run) stopping ? stop() : start();
      else if (button === reset) {
        restore();
        // It is gone now; the keyboard is not to be lost with it.
        run.focus();
      } else if (button === copy && copy.textContent === "Copy") told(copy, navigator.clipboard.writeText(code.value));
      else if (button === input) {
        stdin.hidden = !stdin.hidden;
        input.ariaExpanded = `${!stdin.hidden}`;
        if (!stdin.hidden) stdin.focus();
      } else if (button.parentElement === tabs) show([...tabs.children].indexOf(button));
    },
  };
};
