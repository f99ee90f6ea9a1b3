const trap = new Proxy({}, { get() { for (;;); } });
JSON.stringify(trap);
