//! Two origins: the CodeRunner server itself, and somebody's blog that embeds it.

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { after } from "node:test";

/** A blog whose pages are given as text. */
export const blog = async () => {
  const pages = new Map();
  const server = createServer((request, response) => {
    const page = pages.get(request.url);
    // The browser asks for an icon by itself.
    response.writeHead(page ? 200 : request.url === "/favicon.ico" ? 204 : 404, { "Content-Type": "text/html; charset=utf-8", ...page?.headers });
    response.end(page?.html ?? "");
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  after(() => server.close());
  const origin = `http://127.0.0.1:${server.address().port}`;
  let count = 0;
  return {
    origin,
    /** Puts a page there; says where. */
    page(html, headers = {}) {
      const path = `/${++count}`;
      pages.set(path, { html, headers });
      return origin + path;
    },
  };
};

/** `coderunner serve`, started from the binary under test; `CODERUNNER_URL` names one that runs already. It lets pages of this machine in by itself. */
export const runner = async () => process.env.CODERUNNER_URL ?? (await serve());

const serve = async () => {
  const binary = process.env.CODERUNNER_BIN;
  if (!binary) throw new Error("set CODERUNNER_BIN to the coderunner binary, or run these tests through cargo");
  const child = spawn(binary, ["serve", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "ignore", "pipe"] });
  after(() => child.kill());
  const said = [];
  for await (const line of createInterface(child.stderr)) {
    said.push(line);
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url) {
      child.stderr.resume();
      return url;
    }
  }
  throw new Error("coderunner serve did not start:\n" + said.join("\n"));
};
