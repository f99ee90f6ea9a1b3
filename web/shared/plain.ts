//! Code before anybody touched it: a text field over coloured lines, in the editor's markup and with its measures, so that
//! the editor can take its place without anything moving. `area.ts` makes it one.

import { h } from "./dom";
import { paint } from "./highlight";

/** A field with its coloured lines. */
export interface Plain {
  readonly container: HTMLElement;
  readonly wrapper: HTMLElement;
  readonly field: HTMLTextAreaElement;
  /** Colours what the field holds. */
  draw(): void;
  show(code: string, language: string): void;
}

/** Makes a field. */
export const plain = (label: string, readOnly: boolean, lineNumbers: boolean): Plain => {
  let shown = "";
  const field = h("textarea", {
    className: "pce-textarea",
    spellcheck: false,
    autocapitalize: "off",
    autocomplete: "off",
    readOnly,
    ariaLabel: label,
  });
  const wrapper = h("div", { className: "pce-wrapper" }, h("div", { className: "pce-overlays" }, field));
  const container = h(
    "div",
    { className: "prism-code-editor pce-nowrap" + (lineNumbers ? " show-line-numbers" : "") },
    wrapper,
  );
  const draw = () => {
    const lines = paint(field.value, shown);
    // The field stays where it is: moving it would take the focus away.
    while (wrapper.children[1]) wrapper.lastChild!.remove();
    wrapper.append(...lines);
    container.style.setProperty("--number-width", (lines.length + "").length + ".001ch");
  };
  field.oninput = draw;
  return {
    container,
    wrapper,
    field,
    draw,
    show(code, language) {
      shown = language;
      field.value = code;
      draw();
    },
  };
};
