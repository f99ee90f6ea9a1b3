//! `<code-runner>`: a program on a page that its reader can change and run. This file is all that a page loads before the
//! reader touches it: the code and its buttons. The rest is `session.ts`. docs/embed.md has the attributes.

import code from "../shared/code.css";
import { h, sheet } from "../shared/dom";
import { plain } from "../shared/plain";
import theme from "../shared/theme.css";
import look from "./element.css";
import type { Parts, Session } from "./session";

/** How files of a language end, where that is not its name. Other names of languages are theirs as well. */
const EXTENSIONS: Record<string, string> = {
  python: "py",
  python3: "py",
  javascript: "js",
  node: "js",
  nodejs: "js",
  bash: "sh",
  shell: "sh",
  rust: "rs",
  golang: "go",
  "c++": "cpp",
};
/** Lines kept free for the output of a program that runs by itself; `page.css` keeps as many. */
const ROWS_DEFAULT = 3;

const sheets = [theme, code, look].map(sheet);

/** Code as it stands in an HTML page, without what only indents it there. */
const dedent = (text: string): string => {
  text = text.replace(/^[ \t]*\n/, "").trimEnd();
  const indents = text.match(/^[ \t]*(?=\S)/gm) ?? [];
  return text.replace(RegExp(`^[ \\t]{${Math.min(...indents.map((indent) => indent.length))}}`, "gm"), "");
};

class CodeRunner extends HTMLElement {
  #parts?: Parts;
  #session?: Promise<Session> | undefined;

  connectedCallback(): void {
    // The parser may not have seen the code yet.
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.#build());
    else this.#build();
  }

  disconnectedCallback(): void {
    if (this.#session) this.stop();
  }

  /** Runs the program as it stands; does nothing while it runs. */
  run(): Promise<void> {
    return this.#act((session) => session.run());
  }

  /** Ends the run, if there is one. */
  stop(): Promise<void> {
    return this.#act((session) => session.stop());
  }

  /** Puts the code back as its author wrote it. */
  reset(): Promise<void> {
    return this.#act((session) => session.reset());
  }

  /** The code of the first file. */
  get code(): string {
    return this.#parts?.files[0]!.content ?? "";
  }

  set code(code: string) {
    this.#act((session) => session.change(code));
  }

  /** Does something with the part that is loaded when it is first needed. */
  async #act(action: (session: Session) => void): Promise<void> {
    const parts = this.#parts;
    if (!parts) return;
    try {
      action(await (this.#session ??= import("./session").then(({ session }) => session(parts))));
    } catch (error) {
      this.#session = undefined;
      parts.status.textContent = "The code runner cannot be reached.";
      console.error(error);
    }
  }

  #build(): void {
    if (this.#parts || !this.isConnected) return;
    const attribute = (name: string) => this.getAttribute(name);
    const given = (name: string) => {
      const block = this.querySelector(`script[data-${name}]`);
      return attribute(name) ?? (block ? dedent(block.textContent!) : undefined);
    };
    const language = (attribute("language") ?? "python").toLowerCase();
    const label = { cpp: "C++", javascript: "JavaScript" }[language] ?? language[0]!.toUpperCase() + language.slice(1);

    // The program: what the reader sees first, then what else its author added.
    const bare = this.cloneNode(true) as Element;
    for (const data of bare.querySelectorAll("script,template")) data.remove();
    const files = [
      {
        path: attribute("file") ?? (language === "java" ? "Main.java" : "main." + (EXTENSIONS[language] ?? language)),
        content: given("source") ?? dedent((bare.querySelector("pre") ?? bare).textContent!),
      },
    ];
    for (const [path, content] of Object.entries<string>(JSON.parse(attribute("files") ?? "{}"))) files.push({ path, content });
    for (const block of this.querySelectorAll<HTMLElement>("script[data-file]"))
      files.push({ path: block.dataset.file!, content: dedent(block.textContent!) + "\n" });

    const text = plain(label + " code", this.hasAttribute("readonly"), this.hasAttribute("line-numbers"));
    const run = h("button", { className: "run", part: "run", title: "Run (Ctrl+Enter)" }, "Run");
    const status = h("span", { className: "status", role: "status" });
    const reset = h("button", { hidden: true }, "Reset");
    const copy = h("button", {}, "Copy");
    const input = h("button", { hidden: given("stdin") === undefined }, "Input");
    const pane = h("pre", { className: "out", part: "output", hidden: true });
    const bar = h("div", { className: "bar", part: "bar" }, run, input, status, reset, copy);
    const tabs = h("div", { className: "tabs", role: "tablist", ariaLabel: "Files", hidden: !files[1] });
    const box = h("div", { className: "box", part: "box", role: "group", ariaLabel: label + " program" });
    box.append(tabs, h("div", { className: "code" }, text.container), bar, pane);
    for (const { path } of files) tabs.append(h("button", { role: "tab", ariaSelected: `${tabs.childElementCount < 1}` }, path));
    text.show(files[0]!.content, language);

    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = sheets;
    shadow.append(box);
    this.#parts = { host: this, box, tabs, text, bar, run, input, status, reset, copy, pane, language, files, given };

    const touched = () => this.#act(() => {});
    this.addEventListener("pointerenter", touched, { once: true });
    this.addEventListener("focusin", touched, { once: true });
    // Each finds the session's own listeners once it is there.
    bar.addEventListener("click", ({ target }) => this.#act((session) => session.press(target as HTMLElement)));
    tabs.addEventListener("click", ({ target }) => this.#act((session) => session.press(target as HTMLElement)));
    if (this.hasAttribute("autorun")) {
      pane.hidden = false;
      pane.style.height = `calc(${attribute("rows") ?? ROWS_DEFAULT} * 1em * var(--cr-leading) + 1.5em + 1px)`;
      // Not before it is seen: a long page would run everything at once.
      const seen = new IntersectionObserver(([entry]) => {
        if (!entry!.isIntersecting) return;
        seen.disconnect();
        this.run();
      });
      seen.observe(this);
    }
  }
}

customElements.get("code-runner") ?? customElements.define("code-runner", CodeRunner);
