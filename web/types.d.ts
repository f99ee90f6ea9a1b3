//! What the build turns into modules that are not TypeScript.

/** A style sheet as text, minified. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** A program of the playground's examples as text. */
declare module "example:*" {
  const text: string;
  export default text;
}

interface RequestInit {
  priority?: "high" | "low" | "auto";
}
