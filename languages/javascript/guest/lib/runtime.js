// What a JavaScript program finds around it: console, process, timers, require and the built-in modules.
//
// Evaluated once, before the snapshot: a function of the native object (native.c) and of util (inspect and format, from
// the package node-inspect-extracted) that sets up the globals and returns the hooks guest.c calls. Behaviour follows
// Node.js; what Node has and this has not is listed in the documentation of the language.
(function (native, util) {
  'use strict';

  // Programs may change the built-ins; what the guest itself relies on after they ran is taken here, once.
  const { Map, Set, Array, Object, String, Number, Error, Promise, Symbol, JSON, Math, Uint8Array } = globalThis;
  const { defineProperty } = Object;

  const hidden = (object, name, value) =>
    defineProperty(object, name, { value, writable: true, enumerable: false, configurable: true });
  const once = (make) => { let made, value; return () => (made ? value : ((made = true), (value = make()))); };
  const lazyGlobal = (name, make) => {
    const value = once(make);
    defineProperty(globalThis, name, {
      get: value, set: (other) => hidden(globalThis, name, other), enumerable: false, configurable: true,
    });
  };
  const coded = (error, code) => { error.code = code; return error; };

  // ---- console ----

  let indentation = '';
  const format = (...values) => {
    let text = util.format(...values);
    if (indentation) text = indentation + text.replaceAll('\n', '\n' + indentation);
    return text + '\n';
  };
  const indent = (text) => { indentation = text; native.indent(text !== ''); };
  const counts = new Map();
  const times = new Map();
  const elapsed = (label) => {
    const start = times.get(label);
    if (start === undefined) return undefined;
    const ms = native.now() - start;
    return ms >= 1000 ? `${(ms / 1000).toFixed(3)}s` : `${ms.toPrecision(4).replace(/\.?0+$/, '')}ms`;
  };
  const table = (data, columns) => {
    if (data === null || typeof data !== 'object') return native.log(data);
    const entries = data instanceof Map ? [...data].map(([k, v], i) => [i, { Key: k, Values: v }])
      : data instanceof Set ? [...data].map((v, i) => [i, v]) : Object.entries(data);
    const names = [];
    let plain = false;
    for (const [, row] of entries) {
      if (row !== null && typeof row === 'object') {
        for (const name of Object.keys(row)) if (!names.includes(name)) names.push(name);
      } else plain = true;
    }
    const shown = columns ?? names;
    const show = (value) => util.inspect(value, { depth: 0, compact: 3, breakLength: Infinity, maxArrayLength: 3 });
    const head = ['(index)', ...shown, ...(plain ? ['Values'] : [])].map(String);
    if (data instanceof Map || data instanceof Set) head[0] = '(iteration index)';
    const body = entries.map(([key, row]) => {
      const isObject = row !== null && typeof row === 'object';
      const cells = shown.map((name) => (isObject && Object.hasOwn(row, name) ? show(row[name]) : ''));
      return [String(key), ...cells, ...(plain ? [isObject ? '' : show(row)] : [])];
    });
    const widths = head.map((_, i) => Math.max(...[head, ...body].map((cells) => cells[i].length)) + 2);
    const line = (cells) => '│' + cells.map((cell, i) => ` ${cell}`.padEnd(widths[i])).join('│') + '│\n';
    const rule = (left, middle, right) => left + widths.map((width) => '─'.repeat(width)).join(middle) + right + '\n';
    const text = rule('┌', '┬', '┐') + line(head) + rule('├', '┼', '┤') + body.map(line).join('') + rule('└', '┴', '┘');
    native.log(text.slice(0, -1));
  };
  const console = {
    log: native.log,
    info: native.log,
    debug: native.log,
    error: native.error,
    warn: native.error,
    trace(...values) {
      const stack = new Error().stack.split('\n').slice(1).join('\n');
      native.error(`Trace: ${util.format(...values)}\n${stack}`.trimEnd());
    },
    dir(value, options) { native.log(util.inspect(value, { customInspect: false, ...options })); },
    dirxml(...values) { native.log(...values); },
    assert(condition, ...values) {
      if (condition) return;
      if (typeof values[0] === 'string') values[0] = `Assertion failed: ${values[0]}`;
      else values.unshift('Assertion failed');
      native.error(...values);
    },
    count(label = 'default') {
      const count = (counts.get(`${label}`) ?? 0) + 1;
      counts.set(`${label}`, count);
      native.log(`${label}: ${count}`);
    },
    countReset(label = 'default') { counts.delete(`${label}`); },
    group(...values) {
      if (values.length) native.log(...values);
      indent(indentation + '  ');
    },
    groupEnd() { indent(indentation.slice(0, -2)); },
    time(label = 'default') { times.set(`${label}`, native.now()); },
    timeLog(label = 'default', ...values) {
      const time = elapsed(`${label}`);
      if (time !== undefined) native.log(`${label}: ${time}`, ...values);
    },
    timeEnd(label = 'default') {
      const time = elapsed(`${label}`);
      if (time === undefined) return;
      times.delete(`${label}`);
      native.log(`${label}: ${time}`);
    },
    table,
  };
  console.groupCollapsed = console.group;
  hidden(globalThis, 'console', console);
  hidden(globalThis, 'print', (...values) => native.log(...values));
  hidden(Math, 'random', native.random);

  // ---- events, as process and modules need them ----

  class EventEmitter {
    #listeners = new Map();
    on(name, listener) { return this.#add(name, { listener }, false); }
    prependListener(name, listener) { return this.#add(name, { listener }, true); }
    once(name, listener) { return this.#add(name, { listener, once: true }, false); }
    #add(name, entry, first) {
      if (name === 'exit' || name === 'beforeExit') native.finishing();
      if (typeof entry.listener !== 'function') {
        throw coded(new TypeError('The "listener" argument must be of type function.'), 'ERR_INVALID_ARG_TYPE');
      }
      const entries = this.#listeners.get(name) ?? [];
      this.#listeners.set(name, first ? [entry, ...entries] : [...entries, entry]);
      return this;
    }
    off(name, listener) {
      const entries = this.#listeners.get(name) ?? [];
      const index = entries.findLastIndex((entry) => entry.listener === listener);
      if (index >= 0) this.#listeners.set(name, entries.toSpliced(index, 1));
      return this;
    }
    emit(name, ...values) {
      const entries = this.#listeners.get(name) ?? [];
      if (entries.length === 0 && name === 'error') throw values[0];
      for (const entry of entries) {
        if (entry.once) this.off(name, entry.listener);
        entry.listener.apply(this, values);
      }
      return entries.length > 0;
    }
    listeners(name) { return (this.#listeners.get(name) ?? []).map((entry) => entry.listener); }
    listenerCount(name) { return (this.#listeners.get(name) ?? []).length; }
    eventNames() { return [...this.#listeners.keys()].filter((name) => this.listenerCount(name) > 0); }
    removeAllListeners(name) {
      if (name === undefined) this.#listeners.clear(); else this.#listeners.delete(name);
      return this;
    }
    setMaxListeners() { return this; }
    static once(emitter, name) {
      return new Promise((resolve, reject) => {
        emitter.once(name, (...values) => resolve(values));
        if (name !== 'error') emitter.once('error', reject);
      });
    }
  }
  EventEmitter.prototype.addListener = EventEmitter.prototype.on;
  EventEmitter.prototype.removeListener = EventEmitter.prototype.off;
  EventEmitter.EventEmitter = EventEmitter;

  // ---- the event loop: ticks, timers, immediates ----

  const ticks = [];
  let immediates = [];
  // Sorted by time, then by age: programs have few timers, and the next is always the first.
  const timers = [];
  const timersById = new Map();
  let timerId = 1;
  // Like libuv, time stands still within a turn; undefined until the first timer asks.
  let turnTime;
  let firstTurn = true;
  const loopTime = () => (turnTime ??= Math.floor(native.now()));

  const schedule = (timer) => {
    timer._due = loopTime() + timer._delay;
    let at = timers.length;
    while (at > 0 && timers[at - 1]._due > timer._due) at--;
    timers.splice(at, 0, timer);
    native.wake();
  };
  const unschedule = (timer) => {
    const at = timers.indexOf(timer);
    if (at >= 0) timers.splice(at, 1);
  };
  class Timeout {
    constructor(callback, delay, values, repeat) {
      if (typeof callback !== 'function') {
        throw coded(new TypeError(`The "callback" argument must be of type function. Received ${util.inspect(callback)}`),
          'ERR_INVALID_ARG_TYPE');
      }
      delay = Number(delay);
      hidden(this, '_callback', callback);
      hidden(this, '_values', values);
      hidden(this, '_delay', delay >= 1 && delay <= 2147483647 ? Math.trunc(delay) : 1);
      hidden(this, '_repeat', repeat);
      hidden(this, '_due', 0);
      hidden(this, '_id', timerId++);
      hidden(this, '_held', true);
      timersById.set(this._id, this);
      schedule(this);
    }
    ref() { this._held = true; return this; }
    unref() { this._held = false; return this; }
    hasRef() { return this._held; }
    refresh() { unschedule(this); schedule(this); return this; }
    close() { clearTimeout(this); return this; }
    [Symbol.toPrimitive]() { return this._id; }
    [Symbol.dispose ?? Symbol('dispose')]() { clearTimeout(this); }
  }
  const setTimeout = (callback, delay, ...values) => new Timeout(callback, delay, values, false);
  const setInterval = (callback, delay, ...values) => new Timeout(callback, delay, values, true);
  const clearTimeout = (timer) => {
    if (typeof timer === 'number' || typeof timer === 'string') timer = timersById.get(Number(timer));
    if (!(timer instanceof Timeout)) return;
    timersById.delete(timer._id);
    timer._repeat = false;
    unschedule(timer);
  };
  class Immediate {
    constructor(callback, values) {
      if (typeof callback !== 'function') {
        throw coded(new TypeError('The "callback" argument must be of type function.'), 'ERR_INVALID_ARG_TYPE');
      }
      hidden(this, '_callback', callback);
      hidden(this, '_values', values);
      immediates.push(this);
      native.wake();
    }
    ref() { return this; }
    unref() { return this; }
    hasRef() { return true; }
  }
  const setImmediate = (callback, ...values) => new Immediate(callback, values);
  const clearImmediate = (immediate) => { if (immediate instanceof Immediate) immediate._callback = undefined; };
  const nextTick = (callback, ...values) => {
    if (typeof callback !== 'function') {
      throw coded(new TypeError('The "callback" argument must be of type function.'), 'ERR_INVALID_ARG_TYPE');
    }
    ticks.push(callback, values);
    native.wake();
  };
  for (const [name, value] of Object.entries({
    setTimeout, setInterval, setImmediate, clearTimeout, clearInterval: clearTimeout, clearImmediate,
  })) hidden(globalThis, name, value);

  // Runs one callback of the loop; what it throws goes where uncaught errors go, and the loop goes on if they let it.
  const guarded = (callback, self, values) => {
    try {
      callback.apply(self, values);
      drain();
    } catch (error) {
      const code = report(error);
      if (code >= 0) exitNow(code);
    }
  };
  const drain = () => {
    do {
      while (ticks.length) {
        const [callback, values] = ticks.splice(0, 2);
        callback(...values);
      }
      native.jobs();
    } while (ticks.length);
    if (rejections.size) rejected();
  };

  // One turn. Called again while it asks to be (native.wake).
  const turn = () => {
    guarded(() => {}, undefined, []);
    // At least a millisecond after the timers that the program itself set, so that those of no delay come first, as they
    // do in Node, which takes longer to start.
    const now = Math.floor(native.now());
    turnTime = firstTurn && turnTime !== undefined ? Math.max(now, turnTime + 1) : now;
    firstTurn = false;
    while (timers.length && timers[0]._due <= turnTime) {
      const timer = timers.shift();
      if (!timer._repeat) timersById.delete(timer._id);
      guarded(timer._callback, timer, timer._values);
      if (timer._repeat && !timers.includes(timer)) schedule(timer);
    }
    const due = immediates;
    immediates = [];
    for (const immediate of due) if (immediate._callback) guarded(immediate._callback, immediate, immediate._values);
    reading.forEach((step) => guarded(step, undefined, []));
    if (immediates.length || reading.size || ticks.length) {
      native.wake();
    } else if (timers.some((timer) => timer._held)) {
      native.sleep(timers[0]._due - native.now());
      native.wake();
    }
  };
  // Steps that wait for standard input; each takes itself out at the end.
  const reading = new Set();

  // ---- uncaught errors and rejections ----

  const rejections = new Map();
  native.onRejection((promise, reason, handled) => {
    if (handled) rejections.delete(promise); else rejections.set(promise, reason);
  });

  // The line of the source that a stack's first user frame points to, as Node shows it above the stack.
  const excerpt = (stack) => {
    const place = /\(?((?:file:\/\/)?\/[^()\s]*):(\d+):(\d+)\)?/.exec(stack);
    if (!place) return '';
    const [, path, line, column] = place;
    let source;
    try {
      source = path === mainPath() ? native.source() : native.readFile(path, true);
    } catch {
      return '';
    }
    const text = source.split('\n')[line - 1];
    return text === undefined ? '' : `${path}:${line}\n${text}\n${' '.repeat(Math.max(0, column - 1))}^\n\n`;
  };
  const describe = (error) => {
    if (!(error instanceof Error)) return `Uncaught:\n${util.inspect(error)}\n(Use \`node --trace-uncaught ...\` to show where the exception was thrown)\n`;
    const stack = typeof error.stack === 'string' ? error.stack : '';
    return `${excerpt(stack)}${util.inspect(error)}\n`;
  };
  let reporting = false;
  // Shows an uncaught error. The result is the exit code, or -1 if the program handled it.
  const report = (error) => {
    if (reporting) return 7;
    if (process.listenerCount('uncaughtException')) {
      reporting = true;
      process.emit('uncaughtException', error, 'uncaughtException');
      reporting = false;
      return -1;
    }
    native.write(2, describe(error));
    reporting = true;
    exitCode = 1;
    if (!exiting) {
      exiting = true;
      process.emit('exit', 1);
    }
    return Number(exitCode);
  };
  const rejected = () => {
    while (rejections.size) {
      const [promise, reason] = rejections.entries().next().value;
      rejections.delete(promise);
      if (process.listenerCount('unhandledRejection')) {
        process.emit('unhandledRejection', reason, promise);
        continue;
      }
      const error = reason instanceof Error ? reason : coded(
        new Error('This error originated either by throwing inside of an async function without a catch block, or by ' +
          'rejecting a promise which was not handled with .catch(). The promise rejected with the reason ' +
          `"${typeof reason === 'string' ? reason : util.inspect(reason)}".`), 'ERR_UNHANDLED_REJECTION');
      if (error !== reason) {
        error.name = 'UnhandledPromiseRejection';
        error.stack = '';
        native.write(2, `[UnhandledPromiseRejection: ${error.message}] {\n  code: 'ERR_UNHANDLED_REJECTION'\n}\n`);
        exitNow(1);
      }
      const code = report(error);
      if (code >= 0) exitNow(code);
    }
  };

  // ---- process ----

  const mainPath = once(() => `/sandbox/${native.entry()}`);
  let exitCode;
  let exiting = false;
  const exitNow = (code) => native.exit(code);
  const exit = (code) => {
    if (code !== undefined) exitCode = code;
    if (!exiting) {
      exiting = true;
      process.emit('exit', Number(exitCode ?? 0));
    }
    exitNow(Number(exitCode ?? 0));
  };
  const makeOutput = (descriptor) => {
    const stream = new EventEmitter();
    stream.fd = descriptor;
    stream.isTTY = false;
    stream.writable = true;
    stream.write = (chunk, encoding, done) => {
      native.write(descriptor, typeof chunk === 'string' || ArrayBuffer.isView(chunk) ? chunk : String(chunk));
      const callback = typeof encoding === 'function' ? encoding : done;
      if (callback) nextTick(callback);
      return true;
    };
    stream.end = (chunk) => { if (chunk !== undefined) stream.write(chunk); return stream; };
    return stream;
  };
  const makeInput = () => {
    const stream = new EventEmitter();
    let encoding = null;
    let started = false;
    let paused = false;
    const convert = (bytes) => (encoding ? native.decode(bytes) : bytes);
    const start = () => {
      paused = false;
      if (started) return;
      started = true;
      const step = () => {
        if (paused) return;
        const bytes = native.readSome(0, 65536);
        if (bytes) return stream.emit('data', convert(bytes));
        reading.delete(step);
        stream.emit('end');
        stream.emit('close');
      };
      reading.add(step);
      native.wake();
    };
    stream.fd = 0;
    stream.isTTY = false;
    stream.readable = true;
    stream.setEncoding = (name) => { encoding = name; return stream; };
    stream.resume = () => { start(); return stream; };
    stream.pause = () => { paused = true; return stream; };
    const on = stream.on;
    stream.on = stream.addListener = (name, listener) => {
      on.call(stream, name, listener);
      if (name === 'data' || name === 'end') nextTick(start);
      return stream;
    };
    stream[Symbol.asyncIterator] = async function* () {
      for (let bytes; (bytes = native.readSome(0, 65536)); ) yield convert(bytes);
    };
    return stream;
  };
  const process = (() => {
    const self = new EventEmitter();
    const lazy = (name, make) => {
      const value = once(make);
      let other;
      let replaced = false;
      defineProperty(self, name, {
        get: () => (replaced ? other : value()),
        set: (next) => { replaced = true; other = next; },
        enumerable: true,
        configurable: true,
      });
    };
    Object.assign(self, {
      title: 'node', version: 'v22.0.0', versions: { node: '22.0.0', quickjs: '0.16.2' }, arch: 'wasm32',
      platform: 'linux', release: { name: 'node' }, pid: 1, ppid: 0, execArgv: [], execPath: '/usr/bin/node',
      features: {}, config: {}, argv0: 'node',
      cwd: () => '/sandbox',
      chdir() { throw coded(new Error('process.chdir() is not supported'), 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM'); },
      exit,
      abort: () => exitNow(134),
      nextTick,
      uptime: () => native.now() / 1000,
      hrtime: Object.assign((previous) => {
        const now = native.now();
        let seconds = Math.floor(now / 1000);
        let nanoseconds = Math.floor((now % 1000) * 1e6);
        if (previous) {
          seconds -= previous[0];
          nanoseconds -= previous[1];
          if (nanoseconds < 0) { seconds--; nanoseconds += 1e9; }
        }
        return [seconds, nanoseconds];
      }, { bigint: () => BigInt(Math.floor(native.now() * 1000)) * 1000n }),
      memoryUsage: Object.assign(() => {
        const [rss, used] = native.memory();
        return { rss, heapTotal: rss, heapUsed: used, external: 0, arrayBuffers: 0 };
      }, { rss: () => native.memory()[0] }),
      cpuUsage: () => ({ user: Math.floor(native.now() * 1000), system: 0 }),
      emitWarning(warning) { native.error(`(node:1) ${warning instanceof Error ? warning : `Warning: ${warning}`}`); },
      umask: () => 0o22,
      getuid: () => 1000, geteuid: () => 1000, getgid: () => 1000, getegid: () => 1000,
    });
    lazy('argv', () => ['/usr/bin/node', mainPath(), ...native.arguments()]);
    lazy('env', () => {
      const env = {};
      for (const variable of native.variables()) {
        const at = variable.indexOf('=');
        env[variable.slice(0, at)] = variable.slice(at + 1);
      }
      return env;
    });
    lazy('stdout', () => makeOutput(1));
    lazy('stderr', () => makeOutput(2));
    lazy('stdin', makeInput);
    hidden(self, Symbol.toStringTag, 'process');
    defineProperty(self, 'exitCode', {
      get: () => exitCode,
      set: (code) => { exitCode = code; native.finishing(); },
      enumerable: true,
      configurable: true,
    });
    return self;
  })();
  hidden(globalThis, 'process', process);

  // How the program ends when nothing is left to do; the result is the exit code.
  const finish = (unsettled) => {
    if (!exiting) {
      process.emit('beforeExit', Number(exitCode ?? 0));
      exiting = true;
      process.emit('exit', Number(exitCode ?? (unsettled ? 13 : 0)));
    }
    if (unsettled) native.write(2, 'Warning: Detected unsettled top-level await\n');
    return Number(exitCode ?? (unsettled ? 13 : 0));
  };

  // ---- modules ----

  const builtins = new Map();
  const define = (name, make) => builtins.set(name, once(make));
  const builtin = (name) => {
    const make = builtins.get(name.startsWith('node:') ? name.slice(5) : name);
    if (!make) throw coded(new Error(`No such built-in module: ${name}`), 'ERR_UNKNOWN_BUILTIN_MODULE');
    return make();
  };

  const dirname = (path) => path.slice(0, Math.max(1, path.lastIndexOf('/')));
  const join = (base, name) => {
    const parts = [];
    for (const part of (name.startsWith('/') ? name : `${base}/${name}`).split('/')) {
      if (part === '..') parts.pop(); else if (part && part !== '.') parts.push(part);
    }
    return '/' + parts.join('/');
  };
  const isFile = (path) => native.stat(path, true)?.[0] === 'file';
  const findFile = (path) => [path, `${path}.js`, `${path}.mjs`, `${path}.cjs`, `${path}.json`].find(isFile);
  const findModule = (path) => {
    const found = findFile(path);
    if (found) return found;
    if (isFile(`${path}/package.json`)) {
      const { main } = JSON.parse(native.readFile(`${path}/package.json`, true));
      const entry = main && (findFile(join(path, main)) ?? findFile(join(path, `${main}/index`)));
      if (entry) return entry;
    }
    return findFile(`${path}/index`);
  };
  const findPackage = (folder, name) => {
    for (;;) {
      const found = findModule(join(folder, `node_modules/${name}`));
      if (found) return found;
      if (folder === '/' || folder === '/sandbox') return undefined;
      folder = dirname(folder);
    }
  };
  // The absolute path or the node: name that `name` means in the file `base`.
  const locate = (base, name) => {
    if (name.startsWith('node:')) return name;
    if (name.startsWith('file://')) return decodeURIComponent(name.slice(7));
    if (/^\.{0,2}\//.test(name) || name === '.' || name === '..') return findModule(join(dirname(base), name));
    return builtins.has(name) ? `node:${name}` : findPackage(dirname(base), name);
  };
  const resolve = (base, name) => {
    const path = locate(base, name);
    if (path) return path;
    const what = /^\.{0,2}\//.test(name) ? `module '${join(dirname(base), name)}'` : `package '${name}'`;
    throw coded(new Error(`Cannot find ${what} imported from ${base}`), 'ERR_MODULE_NOT_FOUND');
  };

  const cache = Object.create(null);
  const run = (module, compiled) => {
    const { filename } = module;
    compiled.call(module.exports, module.exports, module.require, module, filename, dirname(filename));
    module.loaded = true;
  };
  const makeModule = (filename) => {
    const module = { id: filename, path: dirname(filename), exports: {}, filename, loaded: false, children: [] };
    hidden(module, 'require', makeRequire(filename));
    return module;
  };
  const makeRequire = (base) => {
    const find = (name) => {
      const path = locate(base, `${name}`);
      if (path) return path;
      throw coded(new Error(`Cannot find module '${name}'\nRequire stack:\n- ${base}`), 'MODULE_NOT_FOUND');
    };
    const require = (name) => {
      const path = find(name);
      return path.startsWith('node:') ? builtin(path) : requireFile(path);
    };
    require.resolve = find;
    require.cache = cache;
    require.main = undefined;
    defineProperty(require, 'main', { get: () => mainModule, enumerable: true });
    return require;
  };
  const requireFile = (path) => {
    if (cache[path]) return cache[path].exports;
    const module = (cache[path] = makeModule(path));
    try {
      const source = native.readFile(path, true);
      if (path.endsWith('.json')) module.exports = JSON.parse(source);
      else run(module, native.compile(source, path));
    } catch (error) {
      delete cache[path];
      throw error;
    }
    return module.exports;
  };
  let mainModule;
  // Runs the entry file as a CommonJS module.
  const main = (compiled, path) => {
    mainModule = makeModule(path);
    mainModule.id = '.';
    cache[path] = mainModule;
    run(mainModule, compiled);
  };

  // ---- built-in modules ----

  const fsError = (error, call, path) => {
    const text = `${error.code}: ${String(error.message).toLowerCase()}, ${call}${path === undefined ? '' : ` '${path}'`}`;
    const shown = Object.assign(new Error(text), { errno: error.errno, code: error.code, syscall: call });
    if (path !== undefined) shown.path = path;
    return shown;
  };
  const attempt = (call, path, action) => {
    try {
      return action();
    } catch (error) {
      throw typeof error?.errno === 'number' ? fsError(error, call, path) : error;
    }
  };
  const toPath = (path) => {
    if (typeof path === 'object' && path?.href) path = decodeURIComponent(path.pathname);
    // The native functions would take what comes before a NUL for the whole.
    if (typeof path === 'string' && path.includes('\0')) {
      throw coded(new TypeError(`The argument 'path' must be a string, Uint8Array, or URL without null bytes. Received ${util.inspect(path)}`),
        'ERR_INVALID_ARG_VALUE');
    }
    return path;
  };
  const encodingOf = (options) => (typeof options === 'string' ? options : options?.encoding);
  const missing = (call, path) =>
    fsError({ code: 'ENOENT', errno: -44, message: 'no such file or directory' }, call, path);
  class Stats {
    constructor([kind, size, mtimeMs, ino, mode]) {
      Object.assign(this, { mode, size, ino, mtimeMs, mtime: new Date(mtimeMs) });
      hidden(this, '_kind', kind);
    }
    isFile() { return this._kind === 'file'; }
    isDirectory() { return this._kind === 'directory'; }
    isSymbolicLink() { return this._kind === 'link'; }
  }
  class Dirent {
    constructor(name, kind, parentPath) {
      Object.assign(this, { name, parentPath });
      hidden(this, '_kind', kind);
    }
    isFile() { return this._kind === 'file'; }
    isDirectory() { return this._kind === 'directory'; }
    isSymbolicLink() { return this._kind === 'link'; }
  }
  const fs = once(() => {
    const sync = {
      readFile: (path, options) =>
        attempt(typeof path === 'number' ? 'read' : 'open', typeof path === 'number' ? undefined : toPath(path), () =>
          native.readFile(path === '/dev/stdin' ? 0 : toPath(path), Boolean(encodingOf(options)))),
      writeFile: (path, data, options) => attempt('open', toPath(path), () => {
        if (path === 1 || path === 2) return native.write(path, data);
        return native.writeFile(toPath(path), ArrayBuffer.isView(data) ? data : String(data), options?.flag ?? 'w');
      }),
      appendFile: (path, data) => attempt('open', toPath(path), () =>
        native.writeFile(toPath(path), ArrayBuffer.isView(data) ? data : String(data), 'a')),
      stat: (path, options) => {
        const fields = attempt('stat', path, () => native.stat(toPath(path), true));
        if (fields) return new Stats(fields);
        if (options?.throwIfNoEntry === false) return undefined;
        throw missing('stat', path);
      },
      lstat: (path) => {
        const fields = attempt('lstat', path, () => native.stat(toPath(path), false));
        if (fields) return new Stats(fields);
        throw missing('lstat', path);
      },
      access: (path) => { if (!native.stat(toPath(path), true)) throw missing('access', path); },
      readdir: (path, options) => {
        const pairs = attempt('scandir', path, () => native.list(toPath(path)));
        const entries = [];
        for (let i = 0; i < pairs.length; i += 2) entries.push(new Dirent(pairs[i], pairs[i + 1], path));
        entries.sort((a, b) => (a.name < b.name ? -1 : 1));
        return options?.withFileTypes ? entries : entries.map((entry) => entry.name);
      },
      mkdir: (path, options) => {
        if (!options?.recursive) return attempt('mkdir', path, () => native.mkdir(path));
        let made = '';
        for (const part of path.split('/')) {
          made += made || path.startsWith('/') ? `/${part}` : part;
          if (part && !native.stat(made, true)) attempt('mkdir', path, () => native.mkdir(made));
        }
      },
      rmdir: (path) => attempt('rmdir', path, () => native.rmdir(path)),
      unlink: (path) => attempt('unlink', path, () => native.unlink(toPath(path))),
      rm: (path, options) => {
        const fields = native.stat(toPath(path), false);
        if (!fields) {
          if (options?.force) return;
          throw missing('rm', path);
        }
        if (fields[0] !== 'directory') return sync.unlink(path);
        if (options?.recursive) for (const name of sync.readdir(path)) sync.rm(`${path}/${name}`, options);
        sync.rmdir(path);
      },
      rename: (from, to) => attempt('rename', from, () => native.rename(toPath(from), toPath(to))),
      copyFile: (from, to) => sync.writeFile(to, sync.readFile(from)),
      mkdtemp: (prefix) => {
        const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
        const path = prefix + [...native.fill(new Uint8Array(6))].map((byte) => letters[byte % 62]).join('');
        sync.mkdir(path);
        return path;
      },
    };
    const existsSync = (path) => {
      try { return native.stat(toPath(path), true) !== undefined; } catch { return false; }
    };
    const module = { existsSync, constants: { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 } };
    const promises = {};
    for (const [name, call] of Object.entries(sync)) {
      module[`${name}Sync`] = call;
      promises[name] = async (...values) => call(...values);
      module[name] = (...values) => {
        const done = values.pop();
        let error = null;
        let result;
        try {
          result = call(...values);
        } catch (thrown) {
          error = thrown;
        }
        setImmediate(() => (error ? done(error) : done(null, result)));
      };
    }
    module.writeSync = (descriptor, data) => { native.write(descriptor, data); return data.length; };
    module.exists = (path, done) => setImmediate(() => done(module.existsSync(path)));
    module.promises = promises;
    return module;
  });
  define('fs', fs);
  define('fs/promises', () => fs().promises);
  define('process', () => process);
  define('console', () => console);
  define('events', () => EventEmitter);
  define('util', () => ({
    ...util,
    promisify: (call) => (...values) => new Promise((resolve, reject) => {
      if (call === setTimeout) return setTimeout(resolve, values[0], values[1]);
      call(...values, (error, value) => (error ? reject(error) : resolve(value)));
    }),
    callbackify: (call) => (...values) => {
      const done = values.pop();
      call(...values).then((value) => nextTick(done, null, value), (error) => nextTick(done, error));
    },
    inherits(child, parent) {
      child.super_ = parent;
      Object.setPrototypeOf(child.prototype, parent.prototype);
    },
    deprecate: (call) => call,
  }));
  define('timers', () => ({
    setTimeout, setInterval, setImmediate, clearTimeout, clearInterval: clearTimeout, clearImmediate,
    promises: builtin('timers/promises'),
  }));
  define('timers/promises', () => ({
    setTimeout: (delay, value) => new Promise((resolve) => setTimeout(resolve, delay, value)),
    setImmediate: (value) => new Promise((resolve) => setImmediate(resolve, value)),
    async *setInterval(delay, value) {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, delay));
        yield value;
      }
    },
  }));
  define('perf_hooks', () => ({ performance: globalThis.performance }));
  define('readline', () => ({
    createInterface: ({ input = process.stdin, output } = {}) => {
      const lines = new EventEmitter();
      let rest = '';
      let closed = false;
      const asked = [];
      const pending = [];
      const deliver = (line) => {
        if (asked.length) asked.shift()(line);
        else if (lines.listenerCount('line')) lines.emit('line', line);
        else pending.push(line);
      };
      const close = () => {
        if (closed) return;
        closed = true;
        lines.emit('close');
      };
      input.setEncoding('utf8');
      input.on('data', (text) => {
        const parts = (rest + text).split(/\r?\n/);
        rest = parts.pop();
        parts.forEach(deliver);
      });
      input.on('end', () => {
        if (rest) deliver(rest);
        rest = '';
        close();
      });
      lines.close = () => { input.pause(); close(); };
      lines.setPrompt = (text) => { lines._prompt = text; };
      lines.prompt = () => output?.write(lines._prompt ?? '> ');
      lines.question = (text, options, done = options) => {
        output?.write(text);
        if (pending.length) nextTick(done, pending.shift()); else asked.push(done);
      };
      lines[Symbol.asyncIterator] = async function* () {
        for (;;) {
          if (pending.length) yield pending.shift();
          else if (closed) return;
          else {
            const line = await new Promise((resolve) => {
              asked.push(resolve);
              lines.once('close', () => resolve(undefined));
            });
            if (line === undefined) return;
            yield line;
          }
        }
      };
      return lines;
    },
  }));
  define('readline/promises', () => ({
    createInterface: (options) => {
      const lines = builtin('readline').createInterface(options);
      const { question } = lines;
      lines.question = (text) => new Promise((resolve) => question(text, resolve));
      return lines;
    },
  }));
  define('path', () => {
    const path = {
      sep: '/',
      delimiter: ':',
      normalize: (name) => {
        const parts = [];
        for (const part of name.split('/')) {
          if (part === '..' && parts.length && parts.at(-1) !== '..') parts.pop();
          else if (part === '..' ? !name.startsWith('/') : part && part !== '.') parts.push(part);
        }
        return (name.startsWith('/') ? '/' : '') + parts.join('/') + (name.endsWith('/') && parts.length ? '/' : '') || '.';
      },
      join: (...names) => path.normalize(names.filter(Boolean).join('/')),
      resolve: (...names) => names.reduce((base, name) => (name ? join(base, name) : base), '/sandbox'),
      isAbsolute: (name) => name.startsWith('/'),
      dirname: (name) => {
        const trimmed = name.replace(/\/+$/, '');
        const at = trimmed.lastIndexOf('/');
        return at < 0 ? '.' : at === 0 ? '/' : trimmed.slice(0, at);
      },
      basename: (name, suffix) => {
        const base = name.replace(/\/+$/, '').split('/').pop();
        return suffix && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base;
      },
      extname: (name) => {
        const base = path.basename(name);
        const at = base.lastIndexOf('.');
        return at > 0 ? base.slice(at) : '';
      },
      relative: (from, to) => {
        const source = path.resolve(from).split('/').filter(Boolean);
        const target = path.resolve(to).split('/').filter(Boolean);
        let same = 0;
        while (same < source.length && source[same] === target[same]) same++;
        return [...source.slice(same).map(() => '..'), ...target.slice(same)].join('/');
      },
      parse: (name) => {
        const base = path.basename(name);
        const ext = path.extname(name);
        const dir = path.dirname(name);
        return { root: name.startsWith('/') ? '/' : '', dir: dir === '.' && !name.startsWith('.') ? '' : dir, base, ext, name: ext ? base.slice(0, -ext.length) : base };
      },
      format: ({ dir, root = '', base, name = '', ext = '' }) => (dir ? `${dir}${dir === root ? '' : '/'}` : root) + (base ?? name + ext),
    };
    path.posix = path;
    return path;
  });
  define('os', () => ({
    EOL: '\n', platform: () => 'linux', type: () => 'Linux', arch: () => 'wasm32', release: () => '0', hostname: () => 'sandbox',
    homedir: () => '/sandbox', tmpdir: () => '/tmp', cpus: () => [], totalmem: () => native.memory()[0], freemem: () => 0,
    uptime: () => native.now() / 1000, loadavg: () => [0, 0, 0], endianness: () => 'LE',
  }));
  define('assert', () => {
    const { isDeepStrictEqual } = util;
    class AssertionError extends Error {
      constructor({ message, actual, expected, operator }) {
        super(message);
        Object.assign(this, { generatedMessage: !message, code: 'ERR_ASSERTION', actual, expected, operator });
      }
      get name() { return 'AssertionError'; }
    }
    const equal = (a, b) => {
      if (Object.is(a, b)) return true;
      if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
      if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
      if (a instanceof Date) return a.getTime() === b.getTime();
      if (a instanceof Map) return a.size === b.size && [...a].every(([k, v]) => b.has(k) && equal(v, b.get(k)));
      if (a instanceof Set) return a.size === b.size && [...a].every((v) => b.has(v) || [...b].some((w) => equal(v, w)));
      const keys = Reflect.ownKeys(a);
      return keys.length === Reflect.ownKeys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
    };
    const same = isDeepStrictEqual ?? equal;
    const fail = (message, actual, expected, operator, text) => {
      if (message instanceof Error) throw message;
      throw new AssertionError({ message: message ?? text, actual, expected, operator });
    };
    const show = (value) => util.inspect(value);
    const assert = (value, message) => {
      if (!value) fail(message, value, true, '==', 'The expression evaluated to a falsy value');
    };
    Object.assign(assert, {
      AssertionError,
      ok: assert,
      fail: (message) => fail(message ?? 'Failed', undefined, undefined, 'fail'),
      equal: (a, b, message) => { if (!(a == b || (a !== a && b !== b))) fail(message, a, b, '==', `${show(a)} == ${show(b)}`); },
      notEqual: (a, b, message) => { if (a == b) fail(message, a, b, '!=', `${show(a)} != ${show(b)}`); },
      strictEqual: (a, b, message) => {
        if (!Object.is(a, b)) fail(message, a, b, 'strictEqual', `Expected values to be strictly equal:\n\n${show(a)} !== ${show(b)}\n`);
      },
      notStrictEqual: (a, b, message) => {
        if (Object.is(a, b)) fail(message, a, b, 'notStrictEqual', `Expected "actual" to be strictly unequal to: ${show(b)}`);
      },
      deepStrictEqual: (a, b, message) => {
        if (!same(a, b)) fail(message, a, b, 'deepStrictEqual', `Expected values to be strictly deep-equal:\n\n${show(a)}\n\nshould equal\n\n${show(b)}`);
      },
      notDeepStrictEqual: (a, b, message) => {
        if (same(a, b)) fail(message, a, b, 'notDeepStrictEqual', `Expected "actual" not to be strictly deep-equal to: ${show(b)}`);
      },
      throws: (call, expected, message) => {
        try {
          call();
        } catch (error) {
          const matches = typeof expected !== 'function' ? !(expected instanceof RegExp) || expected.test(String(error))
            : expected.prototype instanceof Error || expected === Error ? error instanceof expected : expected(error) === true;
          if (!matches) throw error;
          return;
        }
        fail(typeof expected === 'string' ? expected : message, undefined, expected, 'throws', 'Missing expected exception.');
      },
      rejects: async (promise, expected) => {
        try {
          await (typeof promise === 'function' ? promise() : promise);
        } catch (error) {
          if (typeof expected === 'function' && !(error instanceof expected)) throw error;
          return;
        }
        fail(undefined, undefined, expected, 'rejects', 'Missing expected rejection.');
      },
      match: (text, pattern, message) => {
        if (!pattern.test(text)) fail(message, text, pattern, 'match', `The input did not match the regular expression ${pattern}. Input:\n\n${show(text)}\n`);
      },
    });
    assert.deepEqual = assert.deepStrictEqual;
    assert.notDeepEqual = assert.notDeepStrictEqual;
    assert.strict = assert;
    return assert;
  });
  define('assert/strict', () => builtin('assert'));
  define('module', () => ({ createRequire: makeRequire, builtinModules: [...builtins.keys()] }));

  // ---- further globals ----

  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return native.encode(`${text}`); }
    encodeInto(text, target) {
      const bytes = native.encode(`${text}`).subarray(0, target.length);
      target.set(bytes);
      return { read: text.length, written: bytes.length };
    }
  }
  class TextDecoder {
    #fatal;
    constructor(label = 'utf-8', options = {}) {
      if (!/^utf-?8$/i.test(label)) throw new RangeError(`The "${label}" encoding is not supported`);
      this.#fatal = Boolean(options.fatal);
    }
    get encoding() { return 'utf-8'; }
    get fatal() { return this.#fatal; }
    decode(bytes = new Uint8Array()) {
      const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
      const text = native.decode(view);
      if (this.#fatal && text.includes('\ufffd')) throw coded(new TypeError('The encoded data was not valid for encoding utf-8'), 'ERR_ENCODING_INVALID_ENCODED_DATA');
      return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    }
  }
  hidden(globalThis, 'TextEncoder', TextEncoder);
  hidden(globalThis, 'TextDecoder', TextDecoder);
  hidden(globalThis, 'global', globalThis);
  const random = {
    getRandomValues: (view) => {
      native.fill(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      return view;
    },
    randomUUID: () => {
      const bytes = native.fill(new Uint8Array(16));
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
  hidden(globalThis, 'crypto', random);
  define('crypto', () => ({
    ...random,
    webcrypto: random,
    randomBytes: (size) => native.fill(new Uint8Array(size)),
    randomInt: (low, high) => {
      if (high === undefined) [low, high] = [0, low];
      return low + Math.floor((new DataView(native.fill(new Uint8Array(8)).buffer).getUint32(0) / 2 ** 32) * (high - low));
    },
  }));

  // Before the snapshot is taken: what is made on first use is made now, for all programs at once.
  const prepare = () => {
    for (const name of builtins.keys()) builtin(name);
    const seen = new Set();
    const visit = (value) => {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
      seen.add(value);
      visit(Object.getPrototypeOf(value));
      for (const key of Reflect.ownKeys(value)) {
        const { value: member, get, set } = Object.getOwnPropertyDescriptor(value, key);
        visit(member);
        visit(get);
        visit(set);
      }
    };
    visit(globalThis);
    for (const name of builtins.keys()) visit(builtin(name));
    visit(util);
  };

  return {
    prepare, format, turn, report, rejected, finish, main, resolve, builtin,
    require: requireFile,
  };
});
