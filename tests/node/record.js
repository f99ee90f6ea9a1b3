// Records what Node.js prints for the snippets, for tests/node.rs: `node tests/node/record.js` writes snippets/<group>.json.
//
// A snippet starts with a line `//// title`. Each runs in a process and an empty folder of its own, with no input.
'use strict';
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = path.join(__dirname, 'snippets');
for (const name of fs.readdirSync(folder).filter((name) => name.endsWith('.js')).sort()) {
  const recorded = {};
  for (const part of fs.readFileSync(path.join(folder, name), 'utf8').split(/^\/{4} /m).slice(1)) {
    const title = part.slice(0, part.indexOf('\n'));
    if (title in recorded) throw new Error(`${name} has two snippets called ${title}`);
    const place = fs.mkdtempSync(path.join(os.tmpdir(), 'snippet-'));
    fs.writeFileSync(path.join(place, 'main.js'), part.slice(title.length + 1));
    const { stdout, status } = spawnSync(process.execPath, ['main.js'], { cwd: place, input: '', env: { TZ: 'UTC' }, encoding: 'utf8' });
    fs.rmSync(place, { recursive: true });
    recorded[title] = { stdout, code: status };
  }
  fs.writeFileSync(path.join(folder, name.replace(/js$/, 'json')), `${JSON.stringify({ node: process.version, recorded }, null, 1)}\n`);
}
