//! The playground: a whole program with its files, input, arguments and limits, and what became of it.

import examples from "examples";

import { area } from "../shared/area";
import { execute, interact, type Input, type Listener, type Program, type Run } from "../shared/client";
import { h } from "../shared/dom";
import { output } from "../shared/output";
import { plain } from "../shared/plain";
import { duration, ending, errorLines, succeeded } from "../shared/result";
import { words } from "../shared/words";
import { LINK_CHARS_MAX, pack, unpack, type State } from "./share";

/** How long a message about something done stays. */
const SAID_MS = 2000;
/** As many as a program may bring along here. */
const FILES_MAX = 20;

const LIMITS = ["cpu_ms", "wall_ms", "memory_mb", "output_kb"] as const;

/** What the server says about a language. */
interface Language {
  id: string;
  name: string;
  version: string;
  extensions: string[];
  limits: Record<string, number>;
  available: boolean;
  why?: string;
}

/** A file that a program left behind. */
interface Written {
  path: string;
  content: string;
  encoding?: "utf8" | "base64";
}

const by = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const language = by<HTMLSelectElement>("language");
const example = by<HTMLSelectElement>("example");
const run = by<HTMLButtonElement>("run");
const tabs = by("tabs");
const rename = by<HTMLButtonElement>("rename");
const remove = by<HTMLButtonElement>("remove");
const status = by("status");
const copy = by<HTMLButtonElement>("copy");
const pane = by("output");
const asked = by<HTMLFormElement>("asked");
const line = by<HTMLInputElement>("line");
const written = by("files");
const usage = by("usage");
const interactive = by<HTMLInputElement>("interactive");
const stdin = by<HTMLTextAreaElement>("stdin");
const args = by<HTMLInputElement>("args");

let known: Language[] = [];
let files: State["files"] = [];
let shown = 0;
/** What was written in each language, for whoever looks at another and comes back. */
const drafts = new Map<string, State>();
/** What is chosen now; the select element says so a moment earlier. */
let current = "python";

// The program.

const field = plain("Program", false, true);
by("code").append(field.container);
const code = area(field, current, () => {
  if (!files[shown]) return;
  files[shown]!.content = code.value;
  keep();
});
const out = output(pane);

const entryName = (id: string) => {
  if (id === "java") return "Main.java";
  return "main." + (known.find((one) => one.id === id)?.extensions[0] ?? ({ python: "py", javascript: "js" }[id] || id));
};

const state = (): State => ({
  language: current,
  files: files.map((file) => ({ ...file })),
  stdin: stdin.value,
  args: args.value,
  limits: Object.fromEntries(LIMITS.flatMap((name) => (by<HTMLInputElement>(name).value ? [[name, +by<HTMLInputElement>(name).value]] : []))),
  interactive: interactive.checked,
});

/** A page that is loaded again shows what was there; another tab has its own. */
const keep = () => {
  try {
    sessionStorage.setItem("program", JSON.stringify(state()));
  } catch {
    // Storage may be forbidden or full: then a reload starts anew.
  }
};

const show = (n: number) => {
  shown = n;
  const { path, content } = files[n]!;
  tabs.replaceChildren(
    ...files.map((file, at) =>
      h("button", { role: "tab", ariaSelected: `${at === n}`, tabIndex: at === n ? 0 : -1, onclick: () => show(at) }, file.path),
    ),
  );
  const extension = path.split(".").pop()!;
  const own = n === 0 || known.find((one) => one.id === current)?.extensions.includes(extension);
  code.show(content, own ? current : "text", path);
  remove.hidden = rename.hidden = n === 0;
};

/** Puts a whole program there. */
const load = (program: State) => {
  current = program.language;
  if ([...language.options].some(({ value }) => value === current)) language.value = current;
  ({ files } = program);
  stdin.value = program.stdin;
  args.value = program.args;
  interactive.checked = program.interactive;
  stdin.disabled = interactive.checked;
  const limits = known.find((one) => one.id === current)?.limits ?? {};
  for (const name of LIMITS) {
    const input = by<HTMLInputElement>(name);
    input.value = program.limits[name] ? `${program.limits[name]}` : "";
    input.placeholder = limits[name] ? `${limits[name]}` : "";
  }
  const own = examples.map((one, n) => ({ ...one, n })).filter((one) => one.language === current);
  example.replaceChildren(h("option", { value: "" }, "Examples"), ...own.map(({ title, n }) => h("option", { value: `${n}` }, title)));
  show(0);
  keep();
};

const fromExample = (n: number): State => ({
  language: examples[n]!.language,
  files: [{ path: entryName(examples[n]!.language), content: examples[n]!.source }],
  stdin: examples[n]!.stdin,
  args: "",
  limits: {},
  interactive: false,
});

const choose = (id: string) => {
  drafts.set(current, state());
  const first = examples.findIndex((one) => one.language === id);
  load(
    drafts.get(id) ??
      (first >= 0 ? fromExample(first) : { language: id, files: [{ path: entryName(id), content: "" }], stdin: "", args: "", limits: {}, interactive: false }),
  );
};

language.onchange = () => choose(language.value);
example.onchange = () => {
  const { value } = example;
  if (!value) return;
  load(fromExample(+value));
  example.value = value;
};
tabs.onkeydown = ({ key }) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (!step) return;
  show((shown + step + files.length) % files.length);
  (tabs.children[shown] as HTMLElement).focus();
};
for (const input of [stdin, args, interactive, ...LIMITS.map(by)]) input.addEventListener("input", keep);
interactive.addEventListener("change", () => (stdin.disabled = interactive.checked));

/** Asks for the name of a file; `named` is called with one that can be used. */
const naming = (before: string, named: (path: string) => void) => {
  const dialog = by<HTMLDialogElement>("naming");
  const name = by<HTMLInputElement>("name");
  const problem = by("naming-problem");
  name.value = before;
  problem.textContent = "";
  dialog.querySelector("form")!.onsubmit = (event) => {
    if ((event.submitter as HTMLButtonElement).value !== "ok") return;
    const path = name.value.trim();
    if (path !== before && files.some((file) => file.path === path)) {
      event.preventDefault();
      problem.textContent = "There is a file of this name already.";
    } else if (path.split("/").some((part) => !part || part === "..")) {
      event.preventDefault();
      problem.textContent = "A name is one or more parts with “/” between them.";
    } else named(path);
  };
  dialog.showModal();
  name.select();
};

by("add").onclick = () => {
  if (files.length >= FILES_MAX) return say("bad", `At most ${FILES_MAX} files.`);
  naming("", (path) => {
    files.push({ path, content: "" });
    show(files.length - 1);
    keep();
  });
};
rename.onclick = () =>
  naming(files[shown]!.path, (path) => {
    files[shown]!.path = path;
    show(shown);
    keep();
  });
remove.onclick = () => {
  files.splice(shown, 1);
  show(shown - 1);
  keep();
  (tabs.children[shown] as HTMLElement).focus();
};

// Running.

let stopping: AbortController | undefined;
let typing: Input | undefined;

const say = (mood: string, ...what: (string | Node)[]) => {
  document.body.className = mood;
  status.replaceChildren(...what);
};
const note = (text: string) => pane.append(h("span", { className: "note" }, text));

const done = () => {
  out.flush();
  stopping = undefined;
  run.textContent = "Run";
  if (asked.contains(document.activeElement)) run.focus();
  asked.hidden = true;
  copy.hidden = !pane.hasChildNodes();
};

/** Links to what the program wrote. */
const offer = (left: Written[]) => {
  written.hidden = !left.length;
  for (const link of written.querySelectorAll("a")) URL.revokeObjectURL(link.href);
  written.replaceChildren(
    ...left.map(({ path, content, encoding }) => {
      const bytes = encoding === "base64" ? Uint8Array.from(atob(content), (character) => character.charCodeAt(0)) : content;
      const url = URL.createObjectURL(new Blob([bytes]));
      return h("li", {}, h("a", { href: url, download: path.split("/").pop()! }, path));
    }),
  );
};

const start = () => {
  if (stopping) return;
  const { signal } = (stopping = new AbortController());
  const entry = files[0]!;
  const { limits } = state();
  let program: Program;
  try {
    program = {
      language: current,
      files: files.map((file) => ({ ...file })),
      ...(!interactive.checked && stdin.value && { stdin: stdin.value }),
      ...(args.value.trim() && { args: words(args.value) }),
      ...(Object.keys(limits).length && { limits }),
      collect_files: true,
    };
  } catch {
    stopping = undefined;
    return say("bad", "The arguments are no JSON list.");
  }
  out.clear();
  code.mark([]);
  offer([]);
  usage.hidden = true;
  run.textContent = "Stop";
  say("running", "Running…");
  const listener: Listener = {
    output: (stream, text) => out.write(stream, text),
    finished(result: Run & { files?: Written[] }) {
      done();
      const well = succeeded(result);
      const said: (string | Node)[] = [ending(result)];
      const wrong = well ? [] : errorLines(out.text("stderr"), entry.path);
      if (wrong[0]) {
        if (shown) show(0);
        code.mark(wrong);
        said.push(" · ", h("button", { onclick: () => code.goTo(wrong[0]!) }, `line ${wrong[0]}`));
      }
      if (!pane.hasChildNodes()) note("No output.");
      if (result.truncated) note("The rest of the output was cut off.");
      const { cpu_us, memory_bytes_peak, output_bytes } = result.usage;
      usage.textContent = `CPU ${duration(cpu_us)} · memory ${(memory_bytes_peak / (1 << 20)).toFixed(1)} MB · output ${output_bytes} bytes · ${result.language} ${result.version}`;
      usage.hidden = false;
      offer(result.files ?? []);
      say(well ? "good" : "bad", ...said);
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
  const target = { server: location.origin };
  if (interactive.checked) {
    typing = interact(target, program, signal, listener).input;
    asked.hidden = false;
    line.focus();
  } else execute(target, program, signal, listener);
};

run.onclick = () => (stopping ? stopping.abort() : start());
asked.onsubmit = (event) => {
  event.preventDefault();
  out.write("input", line.value + "\n");
  typing!.send(line.value + "\n");
  line.value = "";
};
by("no-more").onclick = () => {
  typing!.end();
  asked.hidden = true;
  run.focus();
};
addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    start();
  },
  true,
);

// Sharing.

const copied = async (button: HTMLElement, text: string) => {
  const before = button.textContent;
  button.textContent = await navigator.clipboard.writeText(text).then(
    () => "Copied",
    () => "Not allowed",
  );
  setTimeout(() => (button.textContent = before), SAID_MS);
};
copy.onclick = () => {
  if (copy.textContent === "Copy") copied(copy, pane.textContent!);
};

const offerText = (title: string, text: string) => {
  by("sharing-title").textContent = title;
  const shared = by<HTMLTextAreaElement>("shared");
  shared.value = text;
  by("shared-said").textContent = "";
  by<HTMLDialogElement>("sharing").showModal();
  shared.select();
};
by("shared-copy").onclick = async () => {
  const shared = by<HTMLTextAreaElement>("shared");
  by("shared-said").textContent = await navigator.clipboard.writeText(shared.value).then(
    () => "Copied.",
    () => "Your browser does not allow it; copy the marked text yourself.",
  );
  shared.select();
};
by("share").onclick = async () => {
  const fragment = await pack(state());
  if (fragment.length > LINK_CHARS_MAX) return say("bad", "This program is too long for a link.");
  history.replaceState(null, "", fragment);
  offerText("This link holds the whole program", location.href);
};

/** Text as the content of an element, or as the value of an attribute. */
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
by("embed").onclick = () => {
  const { origin } = location;
  const { files, stdin, args, limits, interactive } = state();
  const attributes = [
    ["language", current],
    ["stdin", stdin],
    ["args", args],
    ["limits", Object.entries(limits).map(([name, value]) => `${name}=${value}`).join(" ")],
    ["files", files[1] ? JSON.stringify(Object.fromEntries(files.slice(1).map(({ path, content }) => [path, content]))) : ""],
  ]
    .filter(([, value]) => value)
    .map(([name, value]) => ` ${name}="${escaped(value!)}"`)
    .join("");
  offerText(
    "Put this into your page",
    `<link rel="stylesheet" href="${origin}/embed.css">\n<script type="module" src="${origin}/embed.js"></script>\n` +
      `<code-runner${attributes}${interactive ? " interactive" : ""}><pre><code>${escaped(files[0]!.content.trimEnd())}</code></pre></code-runner>\n`,
  );
};

// Colours.

const THEMES = { auto: "as the system", light: "light", dark: "dark" };
type Theme = keyof typeof THEMES;
const theme = by<HTMLButtonElement>("theme");
const paintPage = (name: Theme) => {
  document.documentElement.dataset.theme = name;
  theme.title = theme.ariaLabel = `Colours: ${THEMES[name]}`;
};
const remembered = (() => {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
})();
paintPage(remembered && remembered in THEMES ? (remembered as Theme) : "auto");
theme.onclick = () => {
  const names = Object.keys(THEMES) as Theme[];
  const next = names[(names.indexOf(document.documentElement.dataset.theme as Theme) + 1) % names.length]!;
  paintPage(next);
  try {
    localStorage.setItem("theme", next);
  } catch {
    // Then it lasts until the page is left.
  }
};

// The start.

const fromAddress = async (): Promise<boolean> => {
  try {
    const shared = await unpack(location.hash);
    if (shared) load(shared);
    return !!shared;
  } catch {
    say("bad", "The link is damaged: it holds no program.");
    return false;
  }
};

const begin = async () => {
  // Something to read at once; what the server can run comes after it.
  const kept = (() => {
    try {
      return JSON.parse(sessionStorage.getItem("program") ?? "null") as State | null;
    } catch {
      return null;
    }
  })();
  if (!(await fromAddress())) load(kept?.files?.[0] ? kept : fromExample(0));
  code.enrich();
  try {
    const response = await fetch("/v1/languages", { credentials: "omit" });
    if (!response.ok) throw new Error(`status ${response.status}`);
    known = await response.json();
  } catch {
    known = [];
    say("bad", "The server's languages could not be loaded; programs may not run.");
  }
  const ids = known.length ? known : ["javascript", "python"].map((id) => ({ id, name: id, version: "", available: true }) as Language);
  ids.sort((a, b) => +b.available - +a.available || a.name.localeCompare(b.name));
  language.replaceChildren(
    ...ids.map(({ id, name, version, available, why }) =>
      h(
        "option",
        { value: id, disabled: !available, title: why ?? "" },
        available ? `${name} ${/^\d/.test(version) ? version : ""}`.trim() : `${name} (not available)`,
      ),
    ),
  );
  const { value } = example;
  load(state());
  example.value = value;
};
addEventListener("hashchange", fromAddress);
begin();
