//! Arguments of a program, as people write them.

/** Arguments as on a command line, or as a JSON list. */
export const words = (text: string): string[] =>
  text.trimStart().startsWith("[")
    ? JSON.parse(text)
    : [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
