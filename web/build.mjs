//! Builds `dist` from the sources: `embed.js` and `embed.css` under names that stay, everything else under `assets/` with the digest of its
//! content in its name. The same sources give the same bytes.

import { build, transform } from "esbuild";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(process.argv[2] ?? join(here, "dist"));
const target = ["chrome123", "firefox120", "safari17.5"];

const minified = async (path) => {
  const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, legalComments: "none", target });
  return code.trim();
};

/** Style sheets become text: they are constructed, which no content security policy has to allow. */
const styles = {
  name: "styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => ({ contents: await minified(path), loader: "text" }));
  },
};

const options = {
  absWorkingDir: here,
  bundle: true,
  charset: "utf8",
  define: {},
  format: "esm",
  legalComments: "none",
  logLevel: "warning",
  minify: true,
  splitting: true,
  target,
  plugins: [styles],
  outdir: dist,
  chunkNames: "assets/[name]-[hash]",
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await build({ ...options, entryPoints: { embed: "embed/embed.ts" }, entryNames: "[name]" });
await writeFile(join(dist, "embed.css"), (await minified(join(here, "embed/page.css"))) + "\n");
