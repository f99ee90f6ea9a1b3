# What an agent does with the published client, over both transports and both generations of the protocol. Prints what it got.
import asyncio
import json
import os

from mcp import Client
from mcp.client.stdio import StdioServerParameters


async def use(server, mode):
    async with Client(server, mode=mode) as client:
        async def call(name, **arguments):
            result = await client.call_tool(name, arguments)
            return {"text": result.content[0].text, "structured": result.structured_content, "error": bool(result.is_error)}

        tools = (await client.list_tools()).tools
        got = {
            "version": client.protocol_version,
            "tools": sorted(tool.name for tool in tools),
            "code": await call("run_code", code="print(input() + open('a.txt').read())", stdin="typed", files=[{"path": "a.txt", "content": "!"}]),
            "script": await call("run_code", language="javascript", code="console.error('wrong'); process.exit(3)"),
            "slow": await call("run_code", code="while True: pass", timeout_ms=50),
            "unknown": await call("run_code", code="", language="cobol"),
            "value": await call("run_python_code", python_code="print('ä')\nimport asyncio\nawait asyncio.sleep(0)\n{'x': x + 1}", global_variables={"x": 41}),
            "raises": await call("run_python_code", python_code="print(1)\n1 / 0"),
            "python": await call("run_python", code="print(6 * 7)"),
            "execute": await call("execute_code", code="print(1)", language="python", libraries=None, timeout=5),
            "libraries": await call("execute_code", code="", language="python", libraries=["numpy"]),
            "languages": await call("get_supported_languages"),
            "language": await call("get_language_details", language="py"),
        }
        got["many"] = [r["text"] for r in await asyncio.gather(*(call("run_python", code=f"print({n})") for n in range(20)))]
        try:
            await client.call_tool("none", {})
        except Exception as error:
            got["no_tool"] = str(error)
        return got


async def main():
    url = os.environ["SERVER"] + "/mcp"
    command = StdioServerParameters(command=os.environ["CODERUNNER"], args=["mcp"], env=dict(os.environ))
    print(json.dumps([await use(url, "auto"), await use(url, "legacy"), await use(command, "auto"), await use(command, "legacy")]))


asyncio.run(main())
