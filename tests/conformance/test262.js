// Runs one test of test262 in whatever engine evaluates this file: a sandbox, node, or qjs (with --std). A call of run() follows.
//
// Tells what became of it in one line of output, a record separator and JSON: ["passed"] or ["failed", why]. A test that ends the program or never
// ends it tells nothing.
'use strict';

// test: { name, source, harness: [[name, source]], module, strict, async, negative: the name of an error's constructor, or null }
function run(test) {
  const isNode = typeof require === 'function';
  const vm = isNode && require('node:vm');
  const { process, std, JSON, String } = globalThis;
  const write = isNode ? process.stdout.write.bind(process.stdout) : (text) => std.out.puts(text);
  const exit = isNode ? process.exit.bind(process) : std.exit;
  const stringify = JSON.stringify.bind(JSON);

  let told = false;
  // Written out where it can be: tests do things to prototypes that even JSON minds.
  const tell = (kind, why) => {
    if (told) return;
    told = true;
    write(kind === 'passed' ? '\n\x1e["passed"]\n' : `\n\x1e["failed",${stringify(why)}]\n`);
    exit(0);
  };
  const options = (name) => ({ filename: name, importModuleDynamically: vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER });
  const evaluate = (source, name) =>
    (isNode ? vm.runInThisContext(source, options(name)) : std.evalScript(source, { filename: name }));
  const hide = (object, name, value) =>
    Object.defineProperty(object, name, { value, writable: true, enumerable: false, configurable: true });

  const makeHost = (global, evalScript) => ({
    global,
    evalScript,
    gc() { throw new Error('nothing collects garbage on demand'); },
    detachArrayBuffer(buffer) {
      if (buffer.transfer) buffer.transfer(); else structuredClone(buffer, { transfer: [buffer] });
      return null;
    },
    createRealm() {
      const context = vm.createContext({});
      const made = vm.runInContext('globalThis', context);
      hide(made, '$262', makeHost(made, (source) => vm.runInContext(source, context)));
      return made.$262;
    },
    agent: {},
  });
  hide(globalThis, '$262', makeHost(globalThis, (source) => evaluate(source, 'evalScript')));
  hide(globalThis, 'print', (text) => {
    if (text === 'Test262:AsyncTestComplete') tell('passed');
    else if (String(text).startsWith('Test262:AsyncTestFailure:')) tell('failed', text);
  });

  const ended = () => {
    if (test.negative) tell('failed', `expected ${test.negative}, and nothing was thrown`);
    else if (!test.async) tell('passed');
  };
  const threw = (error) => {
    let name;
    let text;
    try {
      name = error?.constructor?.name;
      text = `${name}: ${error?.message ?? error}`;
    } catch {
      text = 'something was thrown that cannot be shown';
    }
    if (!test.negative) tell('failed', text);
    else if (name === test.negative) tell('passed');
    else tell('failed', `expected ${test.negative}, got ${text}`);
  };
  try {
    for (const [name, source] of test.harness) evaluate(source, name);
    if (test.module) {
      import(`./${test.name}`).then(ended, threw);
      return;
    }
    evaluate(test.strict ? `"use strict";\n${test.source}` : test.source, `${isNode ? `${__dirname}/` : ''}${test.name}`);
  } catch (error) {
    threw(error);
    return;
  }
  ended();
}
