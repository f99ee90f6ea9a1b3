//! Modules of the sources, for tests of what needs no browser.

import { build } from "esbuild";

/** Imports a TypeScript module of `web/`. */
export const source = async (path) => {
  const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: "esm", write: false, absWorkingDir: new URL("../..", import.meta.url).pathname });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
};
