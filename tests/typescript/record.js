// Records what the snippets print when tsc has compiled them and Node.js runs them, for tests/typescript.rs:
// `node tests/typescript/record.js [GROUP]` writes snippets/<group>.json. It installs what it needs into a temporary folder.
//
// A snippet starts with a line `//// title`; it is main.ts, or main.tsx if it is in a group of that kind. A line `//// > name` starts a further
// file of it. Each is compiled with the compiler's defaults (a tsconfig.json among its files aside) and runs in a process and a folder of its own.
'use strict';
const { execFileSync, spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const PACKAGES = ['typescript@7.0.2', 'react@19.2.0', '@types/node@24.0.0'];
const tools = fs.mkdtempSync(path.join(os.tmpdir(), 'tools-'));
fs.writeFileSync(path.join(tools, 'package.json'), '{}');
execFileSync('npm', ['install', '--no-audit', '--no-fund', ...PACKAGES], { cwd: tools, stdio: 'ignore' });
const tsc = path.join(tools, 'node_modules/.bin/tsc');

const run = (text, main) => {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'snippet-'));
  fs.symlinkSync(path.join(tools, 'node_modules'), path.join(place, 'node_modules'));
  const [first, ...others] = text.split(/^\/{4} > /m);
  fs.writeFileSync(path.join(place, main), first);
  for (const other of others) {
    const name = other.slice(0, other.indexOf('\n'));
    fs.mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
    fs.writeFileSync(path.join(place, name), other.slice(name.length + 1));
  }
  const configured = fs.existsSync(path.join(place, 'tsconfig.json'));
  const what = configured ? ['-p', '.'] : [main, ...(main.endsWith('x') ? ['--jsx', 'react-jsx'] : [])];
  // What is wrong with types is no matter: it compiles them all the same.
  spawnSync(tsc, [...what, '--outDir', 'out', '--rootDir', '.', '--sourceMap', '--types', 'node'], { cwd: place });
  const entry = path.join('out', main.replace(/tsx?$/, 'js'));
  const { stdout, status } = spawnSync(process.execPath, ['--enable-source-maps', entry], { cwd: place, input: '', env: { TZ: 'UTC' }, encoding: 'utf8', timeout: 10_000 });
  fs.rmSync(place, { recursive: true });
  return { stdout, code: status };
};

const folder = path.join(__dirname, 'snippets');
const wanted = process.argv[2] ?? '';
for (const name of fs.readdirSync(folder).filter((name) => /\.tsx?$/.test(name) && name.startsWith(wanted)).sort()) {
  const recorded = {};
  for (const part of fs.readFileSync(path.join(folder, name), 'utf8').split(/^\/{4} (?!>)/m).slice(1)) {
    const title = part.slice(0, part.indexOf('\n'));
    if (title in recorded) throw new Error(`${name} has two snippets called ${title}`);
    recorded[title] = run(part.slice(title.length + 1), `main${path.extname(name)}`);
  }
  const with_ = `${PACKAGES[0]}, Node.js ${process.version}`;
  fs.writeFileSync(path.join(folder, name.replace(/tsx?$/, 'json')), `${JSON.stringify({ with: with_, recorded }, null, 1)}\n`);
}
fs.rmSync(tools, { recursive: true });
