// What programs do with Piston's two clients. Prints what they got.
import { piston } from "piston-client";
import { NodePistonClient, PistonClient } from "piston-api-client";

const server = process.env.SERVER;
const got = {};

const client = piston({ server });
got.runtimes = await client.runtimes();
got.short = await client.execute("python", "import sys; print(sys.argv[1:])");
got.long = await client.execute({
    language: "javascript",
    files: [
        { name: "main.js", content: "console.log(require('./data.js').x + require('fs').readFileSync(0, 'utf8'))" },
        { name: "data.js", content: "exports.x = 42" },
    ],
    stdin: "typed",
    args: [],
    runTimeout: 5000,
});
got.unknown = await client.execute("cobol", "", { version: "1" });

for (const [name, Client] of [["fetch", PistonClient], ["http", NodePistonClient]]) {
    const api = new Client({ server });
    const runtimes = await api.runtimes();
    const execute = (content, more) =>
        api.execute({ language: "py", version: "3.x", files: [{ content }], ...more });
    got[name] = {
        runtimes: runtimes.success && runtimes.data.length,
        ok: await execute("print(input(), end='', flush=True)\nimport sys; print('wrong', file=sys.stderr)", { stdin: "ä" }),
        raises: await execute("raise SystemExit(3)"),
        late: await execute("while True: pass", { run_cpu_time: 50 }),
        refused: await execute("", { run_timeout: 10000000 }),
        binary: await api.execute({
            language: "python",
            version: "*",
            files: [
                { name: "data.bin", content: "00ff", encoding: "hex" },
                { name: "text.bin", content: "YWJj", encoding: "base64" },
                { content: "print(open('data.bin', 'rb').read(), open('text.bin').read())" },
            ],
        }),
    };
}
// The client keeps a timer for a day.
console.log(JSON.stringify(got));
process.exit();
