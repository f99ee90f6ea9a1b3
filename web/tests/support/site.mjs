//! Two origins: the CodeRunner server itself, and somebody's blog that embeds it.

import { spawn } from "node:child_process";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream";
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

/**
 * `coderunner serve`, started from the binary under test, behind a proxy that lets other origins in, as an operator's does.
 * `CODERUNNER_URL` names a server that runs already.
 */
export const runner = async () => proxied(process.env.CODERUNNER_URL ?? (await serve()));

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

const proxied = async (target) => {
  const { hostname, port } = new URL(target);
  const pass = (from, to) => pipeline(from, to, () => {});
  const server = createServer((asked, answer) => {
    const open = { "access-control-allow-origin": "*", "access-control-allow-headers": "content-type, x-api-key" };
    if (asked.method === "OPTIONS") return answer.writeHead(204, open).end();
    const { method, url: path, headers } = asked;
    const passed = request({ hostname, port, method, path, headers: { ...headers, host: `${hostname}:${port}` } }, (got) => {
      answer.writeHead(got.statusCode, { ...got.headers, ...open });
      answer.flushHeaders();
      pass(got, answer);
    });
    passed.on("error", () => answer.destroy());
    // Who leaves ends the run.
    answer.on("close", () => passed.destroy());
    pass(asked, passed);
  });
  server.on("upgrade", (asked, socket, head) => {
    const up = connect(port, hostname, () => {
      const lines = Object.entries({ ...asked.headers, host: `${hostname}:${port}` }).map(([name, value]) => `${name}: ${value}`);
      up.write([`GET ${asked.url} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
      up.write(head);
      pass(socket, up);
      pass(up, socket);
    });
    up.on("error", () => socket.destroy());
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
};
