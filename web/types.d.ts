//! What the build turns into modules that are not TypeScript.

/** A style sheet as text, minified. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** The programs of `playground/examples`. */
declare module "examples" {
  const examples: { language: string; title: string; source: string; stdin: string }[];
  export default examples;
}
