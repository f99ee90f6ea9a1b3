// What LibreChat does with its code API: its tools for agents, and the calls that its server makes beside them. Prints what they got.
import axios from "axios";
import FormData from "form-data";

const base = `${process.env.SERVER}/librechat`;
// Read when the package is loaded.
process.env.LIBRECHAT_CODE_BASEURL = base;
const { createBashExecutionTool, createCodeExecutionTool, createProgrammaticToolCallingTool, fetchSessionFiles, ToolNode } = await import(
    "@librechat/agents"
);

const tool = createCodeExecutionTool();
const run = async (lang, code, more = {}, injected) => {
    try {
        const call = { type: "tool_call", id: "1", name: tool.name, args: { lang, code, ...more }, ...injected };
        const { content, artifact } = await tool.invoke(call);
        return { content, ...artifact };
    } catch (error) {
        return { error: error.message };
    }
};

/** As LibreChat's server uploads: the form, with its fields before its files. */
const upload = async (path, files, fields = {}) => {
    const form = new FormData();
    Object.entries(fields).forEach(([name, value]) => form.append(name, value));
    files.forEach(([name, contents]) => form.append("file", Buffer.from(contents), { filename: name, filepath: name }));
    const { data } = await axios.post(base + path, form, { headers: form.getHeaders(), validateStatus: null });
    return data;
};
const get = async (path, options) => {
    const { status, data, headers } = await axios.get(base + path, { validateStatus: null, ...options });
    return { status, data, disposition: headers["content-disposition"], type: headers["content-type"] };
};

const got = {};
got.hello = await run("py", "import sys; print(sys.argv[1:]); print('wrong', file=sys.stderr)", { args: ["a", "b c"] });
got.js = await run("js", "console.log(6 * 7)");
got.silent = await run("py", "x = 1");
got.raises = await run("py", "open('/mnt/data/kept.txt', 'w').write('x'); 1 / 0");
got.late = await run("py", "open('/mnt/data/half.txt', 'w').write('x')\nwhile True: pass");
got.unknown = await run("f90", "end");

// Files go in, come out, and go in again.
got.uploaded = await upload("/upload", [["sales.csv", "a,b\n1,2\n"]], { entity_id: "agent" });
const [{ fileId: id, filename: name }] = got.uploaded.files;
const storage_session_id = got.uploaded.storage_session_id;
const injected = { _injected_files: [{ id, resource_id: id, name, storage_session_id, kind: "user" }] };
got.made = await run(
    "py",
    "import csv, os\nrows = list(csv.reader(open('/mnt/data/sales.csv')))\nprint(rows, sorted(os.listdir('/mnt/data')))\n" +
        "os.makedirs('/mnt/data/out', exist_ok=True)\nopen('/mnt/data/out/sum ä.txt', 'w').write('3')",
    {},
    injected,
);
const [made] = got.made.files;
got.downloaded = await get(`/download/${made.storage_session_id}/${made.id}?kind=user&id=1`);
got.looked = await get(`/sessions/${storage_session_id}/objects/${id}?kind=user&id=1`);
got.full = await fetchSessionFiles(base, storage_session_id);
got.summary = await get(`/files/${storage_session_id}?detail=summary`);
got.simple = await get(`/files/${storage_session_id}`);
got.deleted = (await axios.delete(`${base}/files/${storage_session_id}/${id}`)).status;
got.gone = await run("py", "", {}, injected);
got.nothing = await get(`/download/${storage_session_id}/${id}`);

// Many at once; what a skill brings stays as it was.
got.batch = await upload("/upload/batch", [["skill/a.md", "a"], ["skill/b.md", "b"]], { kind: "skill", id: "s", version: "1", read_only: "true" });
const skill = got.batch.files?.map(({ fileId, filename }) => ({ id: fileId, name: filename, storage_session_id: got.batch.storage_session_id }));
got.skill = await run(
    "py",
    "import pathlib\nfor p in sorted(pathlib.Path('/mnt/data/skill').iterdir()): print(p, p.read_text()); p.write_text('x')",
    {},
    { _injected_files: skill },
);
got.empty = await upload("/upload", []);
got.carried = await upload("/upload", [["a.txt", "degrees: "]]);

// An agent's conversation: the graph's node carries files from call to call.
const sessions = new Map();
const node = new ToolNode({ tools: [tool], sessions });
const turn = async (code) => {
    const [{ status, content }] = await node.invoke([
        { role: "assistant", content: "", tool_calls: [{ id: String(Math.random()), name: tool.name, args: { lang: "py", code } }] },
    ].map(asMessage));
    return { status, content };
};
const { AIMessage } = await import("@langchain/core/messages");
const asMessage = ({ content, tool_calls }) => new AIMessage({ content, tool_calls });
got.turns = [
    await turn("open('/mnt/data/n.txt', 'w').write('1')"),
    await turn("n = int(open('/mnt/data/n.txt').read()) + 1; open('/mnt/data/n.txt', 'w').write(str(n))"),
    await turn("print(open('/mnt/data/n.txt').read())"),
];

// A program that calls the agent's tools.
const { tool: makeTool } = await import("@langchain/core/tools");
const asked = [];
const toolsOf = (tools) => new Map(Object.entries(tools).map(([name, does]) => [name, makeTool(does, { name, schema: { type: "object" } })]));
const programmatic = async (code, tools, more = {}) => {
    const called = createProgrammaticToolCallingTool();
    const toolMap = toolsOf(tools);
    const toolDefs = Object.keys(tools).map((name) => ({ name, description: name, parameters: { type: "object" } }));
    const call = { type: "tool_call", id: "3", name: called.name, args: { code }, toolMap, toolDefs, ...more };
    return called.invoke(call).then(({ content, artifact }) => ({ content, ...artifact }), (error) => ({ error: error.message }));
};
const weather = {
    "get-weather": async ({ city }) => {
        asked.push(city);
        return { city, degrees: city.length, list: [1, null, "ü"] };
    },
    add: async ({ a, b }) => String(a + b),
    fails: async () => {
        throw new Error("out of order");
    },
};
got.programmatic = await programmatic(
    `
import asyncio, random
print(random.random() < 2)
first, second = await asyncio.gather(get_weather(city="Rome"), get_weather(city="Oslo ü"))
print(first["degrees"], second["list"])
async def chain():
    return await add(a=int(await add(a=1, b=2)), b=first["degrees"])
async def late():
    await asyncio.sleep(0.001)
    return (await get_weather(city="Bern"))["city"]
print(await asyncio.gather(chain(), late(), get_weather(city="Rome")))
try:
    await fails(x=1)
except RuntimeError as error:
    print("caught", error)
with open("/mnt/data/report.txt", "w") as file:
    file.write(open("/mnt/data/a.txt").read() + str(first["degrees"]))
`,
    weather,
    { _injected_files: [{ id: got.carried.files[0].fileId, name: "a.txt", storage_session_id: got.carried.storage_session_id }] },
);
got.asked = asked;
got.programmatic_raises = await programmatic("print('so far')\nx = await add(a=1, b=2)\n1 / 0", weather);
got.programmatic_endless = await programmatic("n = 0\nwhile True: n = int(await add(a=n, b=1))", weather);

got.bash = await createBashExecutionTool()
    .invoke({ type: "tool_call", id: "2", name: "bash_tool", args: { command: "echo $((6 * 7)); echo made > made.txt" } })
    .then(({ content, artifact }) => ({ content, files: artifact.files?.length }), (error) => ({ error: error.message }));

console.log(JSON.stringify(got));
