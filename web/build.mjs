//! Builds `dist` from the sources: `embed.js` and `embed.css` under names that stay, everything else under `assets/` with the digest of its
//! content in its name. The same sources give the same bytes.

import { build, transform } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join, relative, resolve } from "node:path";
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

/** The playground's examples, a folder for each language. The first line of each is a comment with its title. */
const examples = {
  name: "examples",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^examples$/ }, () => ({ path: "examples", namespace: "examples" }));
    onLoad({ filter: /.*/, namespace: "examples" }, async () => {
      const folder = join(here, "playground/examples");
      const found = [];
      for (const language of (await readdir(folder)).sort()) {
        for (const name of (await readdir(join(folder, language))).sort()) {
          if (extname(name) === ".stdin") continue;
          const path = join(folder, language, name);
          const source = await readFile(path, "utf8");
          const title = source.split("\n")[0].replace(/^\W+/, "");
          const stdin = await readFile(path.replace(/[^.]+$/, "stdin"), "utf8").catch(() => "");
          found.push({ language, title, source, stdin });
        }
      }
      // Python first: it is what the playground opens with.
      found.sort((a, b) => (b.language === "python") - (a.language === "python"));
      return { contents: JSON.stringify(found), loader: "json" };
    });
  },
};

const options = {
  absWorkingDir: here,
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "none",
  logLevel: "warning",
  minify: true,
  splitting: true,
  target,
  plugins: [examples, styles],
  outdir: dist,
  chunkNames: "assets/[name]-[hash]",
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const hashed = { ...options, entryNames: "assets/[name]-[hash]", metafile: true };

/** Where the output of an entry point is. */
const output = ({ metafile }, entry) => {
  const [path] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entry);
  return "./" + relative(dist, join(here, path));
};

// The embed by itself: what it shares with its session must not become a second file that pages have to load.
const session = await build({ ...hashed, entryPoints: ["embed/session.ts"] });
const apart = {
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/session$/ }, () => ({ path: output(session, "embed/session.ts"), external: true }));
  },
};
await build({ ...options, entryPoints: ["embed/embed.ts"], entryNames: "[name]", splitting: false, plugins: [apart, styles] });

const playground = await Promise.all([
  build({ ...hashed, entryPoints: ["playground/playground.ts"] }),
  build({ ...hashed, entryPoints: ["playground/playground.css"], plugins: [], splitting: false }),
]);

// The page names its script and its style sheet.
const html = (await readFile(join(here, "playground/index.html"), "utf8"))
  .replace("{{playground.js}}", output(playground[0], "playground/playground.ts"))
  .replace("{{playground.css}}", output(playground[1], "playground/playground.css"));
await writeFile(join(dist, "index.html"), html);

await writeFile(join(dist, "embed.css"), (await minified(join(here, "embed/page.css"))) + "\n");

// What is not ours says whose it is.
const licence = await readFile(join(here, "node_modules/prism-code-editor/LICENSE"), "utf8");
await writeFile(join(dist, "licenses.txt"), `The editor is prism-code-editor, with grammars of Prism:\n\n${licence.trim()}\n`);
