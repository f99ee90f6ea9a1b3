//! The editor: prism-code-editor with just what a snippet needs. Loaded when code is first focused, each grammar by itself.

import { createEditor } from "prism-code-editor";
import {
  copySelectedLines,
  deleteSelectedLines,
  editHistory,
  editorCommands,
  indentSelectedLines,
  insertLineAndIndent,
  insertTab,
  moveSelectedLines,
  toggleComment,
} from "prism-code-editor/commands";
import { highlightBracketPairs } from "prism-code-editor/highlight-brackets";
import { matchBrackets } from "prism-code-editor/match-brackets";
import "prism-code-editor/languages/bash";
import "prism-code-editor/languages/clike";
import "prism-code-editor/languages/python";
import "prism-code-editor/languages/rust";

const GRAMMARS: Record<string, () => Promise<unknown>> = {
  bash: () => import("prism-code-editor/prism/languages/bash"),
  c: () => import("prism-code-editor/prism/languages/c"),
  cpp: () => import("prism-code-editor/prism/languages/cpp"),
  go: () => import("prism-code-editor/prism/languages/go"),
  java: () => import("prism-code-editor/prism/languages/java"),
  javascript: () => import("prism-code-editor/prism/languages/javascript"),
  lua: () => import("prism-code-editor/prism/languages/lua"),
  python: () => import("prism-code-editor/prism/languages/python"),
  ruby: () => import("prism-code-editor/prism/languages/ruby"),
  rust: () => import("prism-code-editor/prism/languages/rust"),
  sql: () => import("prism-code-editor/prism/languages/sql"),
  typescript: () => import("prism-code-editor/prism/languages/typescript"),
};

/** Other names that languages are asked for by. */
const ALIASES: Record<string, string> = {
  sh: "bash",
  shell: "bash",
  "c++": "cpp",
  golang: "go",
  js: "javascript",
  node: "javascript",
  nodejs: "javascript",
  py: "python",
  python3: "python",
  py3: "python",
  rb: "ruby",
  rs: "rust",
  sqlite: "sql",
  sqlite3: "sql",
  ts: "typescript",
  tsx: "typescript",
  jsx: "typescript",
  mts: "typescript",
  cts: "typescript",
  tsc: "typescript",
  "ts-node": "typescript",
};

/** An editor in place of the plain field. */
export interface Editor {
  readonly container: HTMLElement;
  readonly textarea: HTMLTextAreaElement;
  readonly lines: HTMLCollection;
  readonly value: string;
  show(code: string, language: string): void;
  onChange(listener: () => void): void;
}

/** The grammar's name, once it is there; plain text if there is none. */
const grammar = async (language: string): Promise<string> => {
  const name = ALIASES[language] ?? language;
  try {
    await GRAMMARS[name]?.();
    return GRAMMARS[name] ? name : "text";
  } catch {
    return "text";
  }
};

/** Makes an editor, its grammar loaded. */
export const editor = async (
  language: string,
  options: { readOnly: boolean; lineNumbers: boolean },
): Promise<Editor> => {
  let shown = await grammar(language);
  let asked = language;
  const history = editHistory();
  const made = createEditor(
    null,
    {
      language: shown,
      value: "",
      tabSize: 4,
      ...options,
    },
    // Mod+Enter is not among them: it runs the program.
    editorCommands({
      Tab: (editor) => {
        const [start, end] = editor.getSelection();
        return start === end ? insertTab(editor, start) : indentSelectedLines(editor);
      },
      "Shift+Tab": (editor) => indentSelectedLines(editor, true),
      "Alt+ArrowDown": (editor) => moveSelectedLines(editor),
      "Alt+ArrowUp": (editor) => moveSelectedLines(editor, true),
      "Shift+Alt+ArrowDown": (editor) => copySelectedLines(editor),
      "Shift+Alt+ArrowUp": (editor) => copySelectedLines(editor, true),
      Enter: (editor) => insertLineAndIndent(editor),
      "Shift+Enter": (editor) => insertLineAndIndent(editor),
      "Mod+]": (editor) => indentSelectedLines(editor),
      "Mod+[": (editor) => indentSelectedLines(editor, true),
      "Shift+Mod+k": deleteSelectedLines,
      "Mod+/": (editor) => toggleComment(editor),
    }),
    history,
    matchBrackets(false),
    highlightBracketPairs(),
  );
  return {
    container: made.container,
    textarea: made.textarea,
    lines: made.lines,
    get value() {
      return made.value;
    },
    show(code, language) {
      const set = () => {
        // A file's history is not another's.
        if (code !== made.value) {
          made.setOptions({ value: code, language: shown });
          history.clear();
        } else made.setOptions({ language: shown });
      };
      if (language === asked) return set();
      asked = language;
      shown = "text";
      set();
      grammar(language).then((name) => {
        if (asked === language) made.setOptions({ language: (shown = name) });
      });
    },
    onChange(listener) {
      made.on("update", listener);
    },
  };
};
