//! The place where code is read and written. A plain field at first; the editor, which looks the same and can do more,
//! takes its place when it is focused. Without it (offline, or forbidden by a policy) the plain field stays.

import type { Editor } from "./editor";
import type { Plain } from "./plain";

/** Code that can be changed. */
export interface Area {
  readonly value: string;
  show(code: string, language: string, label?: string): void;
  /** Marks lines as wrong until the code changes. */
  mark(lines: number[]): void;
  /** Puts the cursor into a line. */
  goTo(line: number): void;
  /** Loads the editor now; resolves when it is there or never will be. */
  enrich(): Promise<void>;
}

const KEYS = "Tab indents once you have typed; Escape, then Tab leaves. Control and Enter runs.";

/** Makes `plain` an area; `changed` is called whenever the code has changed, by whomever. */
export const area = (
  plain: Plain,
  language: string,
  changed: () => void = () => {},
): Area => {
  const { container, field, wrapper } = plain;
  const { readOnly } = field;
  const lineNumbers = container.matches(".show-line-numbers");
  const place = container.parentElement!;
  let editor: Editor | undefined;
  let loading: Promise<void> | undefined;
  let typed = false;
  let composing = false;

  const current = () => editor?.textarea ?? field;
  const lines = () => editor?.lines ?? wrapper.children;
  const mark = (numbers: number[]) => {
    for (const line of lines()) line.classList.remove("wrong");
    for (const number of numbers) if (number) lines()[number]?.classList.add("wrong");
  };
  const edited = () => {
    mark([]);
    changed();
  };

  const enrich = () =>
    (loading ??= (async () => {
      try {
        const { editor: make } = await import("./editor");
        const made = await make(language, { readOnly, lineNumbers });
        // Replacing the field now would break what an input method is putting together.
        while (composing) await new Promise((done) => field.addEventListener("compositionend", done, { once: true }));
        const { selectionStart, selectionEnd, selectionDirection, ariaLabel, ariaDescription } = field;
        const wrong = [...wrapper.children].flatMap((line, n) => (line.matches(".wrong") ? n : []));
        const { scrollLeft, scrollTop } = container;
        const focused = field.matches(":focus");
        made.show(field.value, language);
        Object.assign(made.textarea, { ariaLabel, ariaDescription });
        made.textarea.setSelectionRange(selectionStart, selectionEnd, selectionDirection);
        container.replaceWith(made.container);
        made.container.scrollTo(scrollLeft, scrollTop);
        if (focused) made.textarea.focus({ preventScroll: true });
        editor = made;
        mark(wrong);
        made.onChange(edited);
      } catch {
        // The plain field stays.
      }
    })());

  field.addEventListener("input", edited);
  field.addEventListener("compositionstart", () => (composing = true));
  field.addEventListener("compositionend", () => (composing = false));
  if (!readOnly) {
    field.ariaDescription = KEYS;
    field.addEventListener("focus", enrich);
    if (field.matches(":focus")) enrich();
  }
  place.addEventListener("input", () => (typed = true));
  place.addEventListener("focusout", () => (typed = false));
  // Who comes through with the keyboard is not caught: Tab indents only after something was typed.
  place.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Tab" && !typed) event.stopImmediatePropagation();
    },
    true,
  );

  return {
    get value() {
      return editor?.value ?? field.value;
    },
    show(code, newLanguage, label) {
      language = newLanguage;
      if (label) current().ariaLabel = label;
      editor?.show(code, language);
      plain.show(code, language);
    },
    mark,
    goTo(number) {
      const lines = this.value.split("\n");
      const start = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
      current().focus();
      current().setSelectionRange(start, start + (lines[number - 1]?.length ?? 0));
    },
    enrich,
  };
};
