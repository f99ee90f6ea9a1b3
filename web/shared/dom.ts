//! Elements without markup: nothing here is parsed, so nothing can be injected and Trusted Types have nothing to refuse.

/** Makes an element with properties and children; `dataset` and attributes with a dash go where they belong. */
export const h = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Record<string, unknown> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "part") element.setAttribute(name, String(value));
    else (element as unknown as Record<string, unknown>)[name] = value;
  }
  element.append(...children);
  return element;
};

/** A style sheet that no content security policy has to allow. */
export const sheet = (css: string): CSSStyleSheet => {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
};
