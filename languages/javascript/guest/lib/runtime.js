// What a JavaScript program finds around it: console, process, timers, require and the built-in modules.
//
// Evaluated once, before the snapshot: a function of the native object (native.c), of util (inspect and format, from
// the package node-inspect-extracted) and of what locale.js evaluates to, that sets up the globals and returns the hooks guest.c calls. Behaviour follows
// Node.js; what Node has and this has not is listed in the documentation of the language.
(function (native, util, setUpLocale) {
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
  const coded = (error, code) => {
    error.code = code;
    // Node shows the code of its own errors in the stack, but not in the name.
    const { name } = error;
    if (typeof error.stack === 'string' && error.stack.startsWith(name)) {
      hidden(error, 'stack', `${name} [${code}]${error.stack.slice(name.length)}`);
    }
    return error;
  };
  const received = (value) => {
    if (value === null || value === undefined) return ` Received ${value}`;
    if (typeof value === 'function') return ` Received function ${value.name}`;
    if (typeof value === 'object') {
      const name = value.constructor?.name;
      return name ? ` Received an instance of ${name}` : ` Received ${util.inspect(value, { depth: -1 })}`;
    }
    let shown = util.inspect(value, { colors: false });
    if (shown.length > 28) shown = `${shown.slice(0, 25)}...`;
    return ` Received type ${typeof value} (${shown})`;
  };

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

  // ---- packages: maintained ones do what Node's own libraries do (recipe.toml; build.sh puts them into /packages) ----

  const loaded = new Map();
  // What packages ask for by name, besides each other. Filled in below.
  const provided = {
    'object-is': () => Object.is,
    'object-is/polyfill': () => () => Object.is,
    'is-nan': () => Number.isNaN,
    'object.assign/polyfill': () => () => Object.assign,
    'call-bind/callBound': () => (name) => {
      const [type, , method] = name.split('.');
      const target = globalThis[type].prototype[method];
      return (self, ...values) => Reflect.apply(target, self, values);
    },
    '@noble/hashes/crypto': () => ({ crypto: globalThis.crypto }),
  };
  const loadPackage = (path) => {
    if (loaded.has(path)) return loaded.get(path).exports;
    const module = { exports: {} };
    loaded.set(path, module);
    const folder = path.slice(0, path.lastIndexOf('/'));
    const require = (name) => {
      if (name.startsWith('.')) return loadPackage(join(`/packages/${folder}`, name).slice('/packages/'.length).replace(/(\.js)?$/, '.js'));
      const make = provided[name.replace(/\/$/, '')];
      if (!make) throw new Error(`the package ${path} needs ${name}`);
      return make();
    };
    const compiled = native.compile(native.readFile(`/packages/${path}`, true), `node:internal/packages/${path}`);
    compiled.call(module.exports, module.exports, require, module, path, folder);
    return module.exports;
  };
  const join = (base, name) => {
    const parts = [];
    for (const part of (name.startsWith('/') ? name : `${base}/${name}`).split('/')) {
      if (part === '..') parts.pop(); else if (part && part !== '.') parts.push(part);
    }
    return '/' + parts.join('/');
  };
  // What its data is loaded into: moment.js itself is not needed.
  provided.moment = () => ({ version: '2.30.1', fn: {}, momentProperties: [], updateOffset() {} });
  const timeZones = loadPackage('moment-timezone/builds/moment-timezone-with-data-1970-2030.js').tz;
  const zones = setUpLocale(hidden, timeZones, () => process.env.TZ);
  // The local time zone at a time: its name, or the minutes that it is behind UTC.
  const zone = (time, named) => (named ? zones.localName(time) : zones.localOffset(time));
  const EventEmitter = loadPackage('events/events.js');
  Object.assign(provided, {
    events: () => EventEmitter,
    'base64-js': () => loadPackage('base64-js/index.js'),
    ieee754: () => loadPackage('ieee754/index.js'),
    punycode: () => loadPackage('punycode/punycode.js'),
    'webidl-conversions': () => loadPackage('webidl-conversions/lib/index.js'),
    qs: () => builtin('querystring'),
    buffer: () => builtin('buffer'),
    'safe-buffer': () => builtin('buffer'),
    process: () => process,
    string_decoder: () => builtin('string_decoder'),
    stream: () => builtin('stream'),
    util: () => builtin('util'),
    'abort-controller': () => ({ AbortController, AbortSignal }),
  });
  const bufferPackage = loadPackage('buffer/index.js');
  const { Buffer } = bufferPackage;
  const toBuffer = (bytes) => from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // What is used most, in native code; and base64url, which the package does not know.
  const isUtf8 = (encoding) => encoding === undefined || encoding === 'utf8' || encoding === 'utf-8';
  const { from, isEncoding, prototype: { toString } } = Buffer;
  hidden(Buffer, 'from', function (value, encoding, length) {
    if (typeof value === 'string' && isUtf8(encoding)) return toBuffer(native.encode(value));
    return from(value, encoding === 'base64url' ? 'base64' : encoding, length);
  });
  hidden(Buffer, 'isEncoding', (name) => name === 'base64url' || isEncoding(name));
  hidden(Buffer.prototype, 'toString', function (encoding, start, end) {
    if (isUtf8(encoding)) return native.decode(start === undefined && end === undefined ? this : this.subarray(start, end));
    if (encoding !== 'base64url') return toString.call(this, encoding, start, end);
    return toString.call(this, 'base64', start, end).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  });
  hidden(globalThis, 'Buffer', Buffer);

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
  // Reads what there is on standard input, when there is something; and whether that keeps the program going.
  let inputWanted;
  let inputHolds = () => false;
  // What a callback is called by later; replaced when the program has something to carry on (node:async_hooks).
  let bound = (callback) => callback;
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
      hidden(this, '_callback', bound(callback));
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
      hidden(this, '_callback', bound(callback));
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
    ticks.push(bound(callback), values);
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
    if (immediates.length || ticks.length) {
      native.wake();
    } else if (inputWanted && inputHolds()) {
      // Whichever comes first: something to read, or the next timer.
      if (native.waitForInput(timers.length ? Math.max(0, timers[0]._due - native.now()) : -1)) {
        const read = inputWanted;
        inputWanted = undefined;
        guarded(read, undefined, []);
      }
      native.wake();
    } else if (timers.some((timer) => timer._held)) {
      native.sleep(timers[0]._due - native.now());
      native.wake();
    }
  };

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
    const { Writable } = builtin('stream');
    const stream = new Writable({
      decodeStrings: false,
      write(chunk, encoding, done) {
        native.write(descriptor, chunk);
        done();
      },
    });
    // At once, as Node does for files and pipes, and not through the stream's queue.
    hidden(stream, 'write', (chunk, encoding, done) => {
      if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk)) {
        throw coded(new TypeError(`The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView.${received(chunk)}`), 'ERR_INVALID_ARG_TYPE');
      }
      const plain = typeof chunk !== 'string' || typeof encoding !== 'string' || /^utf-?8$/i.test(encoding);
      native.write(descriptor, plain ? chunk : Buffer.from(chunk, encoding));
      const callback = typeof encoding === 'function' ? encoding : done;
      if (callback) nextTick(callback);
      return true;
    });
    hidden(stream, 'end', (chunk) => { if (chunk !== undefined) stream.write(chunk); return stream; });
    hidden(stream, 'destroy', () => stream);
    stream.fd = descriptor;
    stream.isTTY = false;
    return stream;
  };
  const makeInput = () => {
    const { Readable } = builtin('stream');
    const stream = new Readable({
      highWaterMark: 65536,
      read() {
        inputWanted = () => {
          const bytes = native.readSome(0, 65536);
          stream.push(bytes && toBuffer(bytes));
        };
        native.wake();
      },
    });
    stream.fd = 0;
    stream.isTTY = false;
    let held = true;
    hidden(stream, 'ref', () => { held = true; return stream; });
    hidden(stream, 'unref', () => { held = false; return stream; });
    // A paused stream does not; one that is read by its event 'readable' counts as paused.
    inputHolds = () => held && !stream.destroyed && (stream.readableFlowing !== false || stream.listenerCount('readable') > 0);
    stream.on('resume', native.wake);
    return stream;
  };
  const process = (() => {
    const self = new EventEmitter();
    for (const name of ['on', 'addListener', 'prependListener', 'once', 'prependOnceListener']) {
      hidden(self, name, function (event, listener) {
        if (event === 'exit' || event === 'beforeExit') native.finishing();
        return EventEmitter.prototype[name].call(self, event, listener);
      });
    }
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
      native.zoned();
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
      // A listener may have given the loop something to do: then this is called again when that is done.
      if (timers.some((timer) => timer._held) || immediates.length || ticks.length || (inputWanted && inputHolds())) return -1;
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
  const isFile = (path) => native.stat(path, true)?.[0] === 'file';
  const findFile = (path) => [path, `${path}.js`, `${path}.mjs`, `${path}.cjs`, `${path}.json`].find(isFile);
  // The package.json of a folder; undefined if it has none.
  const manifests = new Map();
  const manifestOf = (folder) => {
    if (!manifests.has(folder)) {
      const path = join(folder, 'package.json');
      manifests.set(folder, isFile(path) ? JSON.parse(native.readFile(path, true)) : undefined);
    }
    return manifests.get(folder);
  };
  const findFolder = (path) => {
    const main = manifestOf(path)?.main;
    return (typeof main === 'string' && (findFile(join(path, main)) ?? findFile(join(path, `${main}/index`)))) || findFile(join(path, 'index'));
  };
  const findModule = (path) => findFile(path) ?? findFolder(path);

  // What the fields `exports` and `imports` of a package.json say, for those who `require` or `import`.
  const choose = (target, conditions, star) => {
    if (typeof target === 'string') return target.replaceAll('*', star);
    if (typeof target !== 'object' || target === null) return undefined;
    for (const [condition, inner] of Object.entries(target)) {
      if (!Array.isArray(target) && !conditions.includes(condition)) continue;
      const chosen = choose(inner, conditions, star);
      if (chosen !== undefined) return chosen;
    }
    return undefined;
  };
  const mapped = (map, name, conditions) => {
    if (Object.hasOwn(map, name)) return choose(map[name], conditions, '');
    let best;
    for (const key of Object.keys(map)) {
      const [start, end] = key.split('*');
      const fits = end !== undefined && name.startsWith(start) && name.endsWith(end) && name.length > start.length + end.length;
      if (fits && !(best?.start.length > start.length)) best = { key, start, end };
    }
    return best && choose(map[best.key], conditions, name.slice(best.start.length, name.length - best.end.length));
  };
  const exported = (folder, subpath, conditions) => {
    const { exports } = manifestOf(folder);
    const isMap = typeof exports === 'object' && exports !== null && Object.keys(exports).some((key) => key.startsWith('.'));
    const target = mapped(isMap ? exports : { '.': exports }, subpath, conditions);
    if (target !== undefined) return join(folder, target);
    const what = subpath === '.' ? 'No "exports" main defined' : `Package subpath '${subpath}' is not defined by "exports"`;
    throw coded(new Error(`${what} in ${join(folder, 'package.json')}`), 'ERR_PACKAGE_PATH_NOT_EXPORTED');
  };
  const findPackage = (from, name, conditions) => {
    const [, own, rest] = /^((?:@[^/]*\/)?[^/]*)(.*)$/.exec(name);
    for (let folder = from; ; folder = dirname(folder)) {
      const manifest = manifestOf(folder);
      if (manifest?.name === own && manifest.exports !== undefined) return exported(folder, `.${rest}`, conditions);
      const place = join(folder, `node_modules/${own}`);
      if (manifestOf(place)?.exports !== undefined) return exported(place, `.${rest}`, conditions);
      const found = findModule(place + rest);
      if (found) return found;
      if (folder === '/' || folder === '/sandbox') return undefined;
    }
  };
  const findInternal = (from, name, conditions) => {
    for (let folder = from; ; folder = dirname(folder)) {
      const map = manifestOf(folder)?.imports;
      const target = map && mapped(map, name, conditions);
      if (target) return target.startsWith('.') ? join(folder, target) : locate(join(folder, 'package.json'), target, conditions);
      if (map || folder === '/' || folder === '/sandbox') return undefined;
    }
  };
  const REQUIRING = ['node', 'require', 'default'];
  const IMPORTING = ['node', 'import', 'default'];
  // The absolute path or the node: name that `name` means in the file `base`.
  const locate = (base, name, conditions) => {
    if (name.startsWith('node:')) return name;
    if (name.startsWith('file://')) return decodeURIComponent(name.slice(7));
    if (/^\.{0,2}\//.test(name) || name === '.' || name === '..') {
      const path = join(dirname(base), name);
      return /(^|\/)\.{0,2}$/.test(name) ? findFolder(path) : findModule(path);
    }
    if (name.startsWith('#')) return findInternal(dirname(base), name, conditions);
    // What ends with a slash is a package, even if it is called like a built-in module.
    return builtins.has(name) ? `node:${name}` : findPackage(dirname(base), name.replace(/\/$/, ''), conditions);
  };
  const resolve = (base, name) => {
    // What is not from a file, such as what eval is given, is taken to be the program's.
    if (!base.startsWith('/')) base = mainPath();
    const path = locate(base, name, IMPORTING);
    if (path) return path;
    const what = /^\.{0,2}\//.test(name) ? `module '${join(dirname(base), name)}'` : `package '${name}'`;
    throw coded(new Error(`Cannot find ${what} imported from ${base}`), 'ERR_MODULE_NOT_FOUND');
  };

  // What the package.json nearest to a file says that its .js files are: 1 modules, 2 CommonJS, 0 nothing.
  const packageTypes = new Map();
  const packageType = (path) => {
    const folder = dirname(path);
    if (packageTypes.has(folder)) return packageTypes.get(folder);
    const manifest = manifestOf(folder);
    let type = 0;
    if (manifest) {
      type = { module: 1, commonjs: 2 }[manifest.type] ?? 0;
    } else if (folder !== '/sandbox' && folder !== '/' && !folder.endsWith('/node_modules')) {
      type = packageType(folder);
    }
    packageTypes.set(folder, type);
    return type;
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
      const path = locate(base, `${name}`, REQUIRING);
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
  // Bytes, or the text that the native function has made of them if they are UTF-8.
  const decoded = (bytes, encoding) =>
    typeof bytes === 'string' ? bytes : encoding && encoding !== 'buffer' ? toBuffer(bytes).toString(encoding) : toBuffer(bytes);
  const encoded = (data, options) => {
    const encoding = encodingOf(options);
    if (typeof data === 'string') return encoding && !/^utf-?8$/i.test(encoding) ? Buffer.from(data, encoding) : data;
    if (ArrayBuffer.isView(data)) return data;
    throw coded(new TypeError(`The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView.${received(data)}`), 'ERR_INVALID_ARG_TYPE');
  };
  const missing = (call, path) =>
    fsError({ code: 'ENOENT', errno: -44, message: 'no such file or directory' }, call, path);
  class Entry {
    constructor(kind) { hidden(this, '_kind', kind); }
    isFile() { return this._kind === 'file'; }
    isDirectory() { return this._kind === 'directory'; }
    isSymbolicLink() { return this._kind === 'link'; }
    isFIFO() { return false; }
    isSocket() { return false; }
    isBlockDevice() { return false; }
    isCharacterDevice() { return false; }
  }
  class Stats extends Entry {
    constructor([kind, size, mtimeMs, ino, mode]) {
      super(kind);
      Object.assign(this, {
        dev: 0, mode, nlink: 1, uid: 1000, gid: 1000, rdev: 0, blksize: 4096, ino, size, blocks: Math.ceil(size / 512),
        atimeMs: mtimeMs, mtimeMs, ctimeMs: mtimeMs, birthtimeMs: mtimeMs,
      });
      for (const name of ['atime', 'mtime', 'ctime', 'birthtime']) this[name] = new Date(mtimeMs);
    }
  }
  class Dirent extends Entry {
    constructor(name, kind, parentPath) {
      super(kind);
      Object.assign(this, { name, parentPath });
    }
  }
  const fs = once(() => {
    const sync = {
      readFile: (path, options) =>
        attempt(typeof path === 'number' ? 'read' : 'open', typeof path === 'number' ? undefined : toPath(path), () =>
          decoded(native.readFile(path === '/dev/stdin' ? 0 : toPath(path), /^utf-?8$/i.test(encodingOf(options))), encodingOf(options))),
      writeFile: (path, data, options) => attempt('open', toPath(path), () => {
        const bytes = encoded(data, options);
        if (typeof path === 'number') return void sync.write(path, bytes);
        return native.writeFile(toPath(path), bytes, options?.flag ?? 'w');
      }),
      appendFile: (path, data, options) => sync.writeFile(path, data, { encoding: encodingOf(options), flag: 'a' }),
      open: (path, flags = 'r') => attempt('open', toPath(path), () => native.open(toPath(path), flags)),
      close: (descriptor) => attempt('close', undefined, () => native.close(descriptor)),
      read: (descriptor, bytes, offset = 0, length, position) => {
        if (typeof offset === 'object' && offset !== null) ({ offset = 0, length, position } = offset);
        const view = new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length ?? bytes.byteLength - offset);
        return attempt('read', undefined, () => native.readInto(descriptor, view, Number(position ?? -1)));
      },
      write: (descriptor, data, offset = 0, length, position) => {
        if (typeof data === 'string') {
          [data, position, offset, length] = [Buffer.from(data, typeof length === 'string' ? length : 'utf8'), offset || undefined, 0, undefined];
        }
        const view = new Uint8Array(data.buffer, data.byteOffset + offset, length ?? data.byteLength - offset);
        if (descriptor === 1 || descriptor === 2) native.write(descriptor, view);
        else attempt('write', undefined, () => native.writeFrom(descriptor, view, Number(position ?? -1)));
        return view.length;
      },
      truncate: (path, length = 0) => attempt('open', toPath(path), () => native.truncate(toPath(path), length)),
      ftruncate: (descriptor, length = 0) => attempt('ftruncate', undefined, () => native.truncate(descriptor, length)),
      fstat: (descriptor) => new Stats(attempt('fstat', undefined, () => native.stat(descriptor, true))),
      symlink: (target, path) => attempt('symlink', toPath(path), () => native.symlink(target, toPath(path))),
      link: (from, to) => attempt('link', toPath(from), () => native.link(toPath(from), toPath(to))),
      readlink: (path) => attempt('readlink', toPath(path), () => native.readlink(toPath(path))),
      realpath: (path) => {
        const full = join('/sandbox', toPath(path));
        if (!native.stat(full, true)) throw missing('lstat', full);
        const fields = native.stat(full, false);
        return fields[0] === 'link' ? sync.realpath(join(dirname(full), native.readlink(full))) : full;
      },
      utimes: () => {},
      chmod: () => {},
      fsync: () => {},
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
    module.createReadStream = (path, options) => {
      const { Readable } = builtin('stream');
      const { start = 0, end = Infinity, encoding = encodingOf(options), highWaterMark = 65536 } = Object(options);
      let at = start;
      let descriptor;
      const stream = new Readable({
        highWaterMark,
        encoding: encoding ?? undefined,
        construct(done) {
          try { descriptor = sync.open(path, 'r'); } catch (error) { return done(error); }
          stream.emit('open', descriptor);
          done();
        },
        read(size) {
          const bytes = Buffer.alloc(Math.min(size, end - at + 1));
          const got = sync.read(descriptor, bytes, 0, bytes.length, at);
          at += got;
          this.push(got ? bytes.subarray(0, got) : null);
        },
        destroy(error, done) {
          if (descriptor !== undefined) sync.close(descriptor);
          done(error);
        },
      });
      stream.path = path;
      return stream;
    };
    module.createWriteStream = (path, options) => {
      const { Writable } = builtin('stream');
      let descriptor;
      const stream = new Writable({
        decodeStrings: true,
        construct(done) {
          try { descriptor = sync.open(path, Object(options).flags ?? 'w'); } catch (error) { return done(error); }
          stream.emit('open', descriptor);
          done();
        },
        write(chunk, encoding, done) {
          try { stream.bytesWritten += sync.write(descriptor, chunk); } catch (error) { return done(error); }
          done();
        },
        destroy(error, done) {
          if (descriptor !== undefined) sync.close(descriptor);
          done(error);
        },
      });
      stream.path = path;
      stream.bytesWritten = 0;
      return stream;
    };
    module.exists = (path, done) => setImmediate(() => done(module.existsSync(path)));
    module.promises = promises;
    return module;
  });
  define('fs', fs);
  define('fs/promises', () => fs().promises);
  define('process', () => process);
  define('console', () => console);
  define('events', () => EventEmitter);
  define('util', () => {
    const custom = Symbol.for('nodejs.util.promisify.custom');
    const inherits = (child, parent) => {
      defineProperty(child, 'super_', { value: parent, writable: true, configurable: true });
      Object.setPrototypeOf(child.prototype, parent.prototype);
    };
    const tag = (value) => Object.prototype.toString.call(value).slice(8, -1);
    const isTag = (name) => (value) => typeof value === 'object' && value !== null && tag(value) === name;
    const types = {
      isPromise: (value) => native.promiseState(value) !== undefined,
      isProxy: (value) => native.proxyParts(value) !== undefined,
      isNativeError: (value) => value instanceof Error,
      isAsyncFunction: (value) => typeof value === 'function' && tag(value).startsWith('Async'),
      isGeneratorFunction: (value) => typeof value === 'function' && tag(value).endsWith('GeneratorFunction'),
      isGeneratorObject: isTag('Generator'),
      isAnyArrayBuffer: (value) => value instanceof ArrayBuffer || value instanceof SharedArrayBuffer,
      isArrayBufferView: ArrayBuffer.isView,
      isTypedArray: (value) => ArrayBuffer.isView(value) && !(value instanceof DataView),
      isBoxedPrimitive: (value) => typeof value === 'object' && value !== null && ['Number', 'String', 'Boolean', 'BigInt', 'Symbol'].includes(tag(value)),
      isArgumentsObject: isTag('Arguments'),
      isMapIterator: isTag('Map Iterator'),
      isSetIterator: isTag('Set Iterator'),
      isNumberObject: isTag('Number'),
      isStringObject: isTag('String'),
      isBooleanObject: isTag('Boolean'),
      isBigIntObject: isTag('BigInt'),
      isSymbolObject: isTag('Symbol'),
      isExternal: () => false,
      isModuleNamespaceObject: isTag('Module'),
    };
    for (const type of [Map, Set, WeakMap, WeakSet, RegExp, Date, ArrayBuffer, SharedArrayBuffer, DataView, Uint8Array, Uint8ClampedArray,
      Uint16Array, Uint32Array, Int8Array, Int16Array, Int32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array]) {
      types[`is${type.name}`] = (value) => value instanceof type;
    }
    const promisify = (call) => {
      if (typeof call !== 'function') {
        throw coded(new TypeError(`The "original" argument must be of type function.${received(call)}`), 'ERR_INVALID_ARG_TYPE');
      }
      if (call[custom]) return call[custom];
      const promised = function (...values) {
        return new Promise((resolve, reject) => {
          call.call(this, ...values, (error, value) => (error ? reject(error) : resolve(value)));
        });
      };
      return Object.defineProperties(promised, Object.getOwnPropertyDescriptors(call));
    };
    promisify.custom = custom;
    hidden(setTimeout, custom, (delay, value) => new Promise((resolve) => setTimeout(resolve, delay, value)));
    hidden(setImmediate, custom, (value) => new Promise((resolve) => setImmediate(resolve, value)));
    return {
      ...util,
      promisify,
      inherits,
      types,
      TextEncoder,
      TextDecoder,
      isArray: Array.isArray,
      isError: (value) => value instanceof Error,
      isDeepStrictEqual: (a, b) => loadPackage('assert/build/internal/util/comparisons.js').isDeepStrictEqual(a, b),
      debuglog: () => () => {},
      callbackify: (call) => (...values) => {
        const done = values.pop();
        call(...values).then((value) => nextTick(done, null, value), (error) => nextTick(done, error));
      },
      deprecate: (call) => call,
    };
  });
  define('util/types', () => builtin('util').types);
  define('buffer', () => ({ ...bufferPackage, Buffer, atob, btoa }));
  define('querystring', () => {
    const { stringify, parse: decode } = loadPackage('querystring/index.js');
    const parse = (...values) => Object.assign(Object.create(null), decode(...values));
    return { parse, decode: parse, stringify, encode: stringify, escape: encodeURIComponent, unescape: decodeURIComponent };
  });
  define('string_decoder', () => loadPackage('string_decoder/lib/string_decoder.js'));
  define('stream', () => {
    const { Stream } = loadPackage('readable-stream/lib/ours/index.js');
    return Stream;
  });
  define('stream/promises', () => builtin('stream').promises);
  define('punycode', () => loadPackage('punycode/punycode.js'));
  define('url', () => {
    const legacy = loadPackage('url/url.js');
    return {
      ...legacy,
      URL,
      URLSearchParams,
      domainToASCII: (domain) => { try { return new URL(`ws://${domain}`).hostname; } catch { return ''; } },
      domainToUnicode: (domain) => loadPackage('punycode/punycode.js').toUnicode(builtin('url').domainToASCII(domain)),
      fileURLToPath: (url) => decodeURIComponent(new URL(url).pathname),
      pathToFileURL: (path) => new URL(`file://${encodeURI(join('/sandbox', path)).replace(/[?#]/g, encodeURIComponent)}`),
    };
  });
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
    const path = loadPackage('path-browserify/index.js');
    path.posix = path;
    return path;
  });
  define('path/posix', () => builtin('path'));
  define('os', () => ({
    EOL: '\n', platform: () => 'linux', type: () => 'Linux', arch: () => 'wasm32', release: () => '0', hostname: () => 'sandbox',
    homedir: () => '/sandbox', tmpdir: () => '/tmp', cpus: () => [], totalmem: () => native.memory()[0], freemem: () => 0,
    uptime: () => native.now() / 1000, loadavg: () => [0, 0, 0], endianness: () => 'LE',
  }));
  define('assert', () => loadPackage('assert/build/assert.js'));
  define('assert/strict', () => builtin('assert').strict);
  // Contexts are realms of their own. What Node forwards between a context's global object and the object it was made from as it
  // happens is forwarded here when a script starts and when it has ended.
  define('vm', () => {
    const realms = new WeakMap();
    const nameOf = (options) => (typeof options === 'string' ? options : options?.filename) ?? 'evalmachine.<anonymous>';
    const realmOf = (context) => {
      const realm = realms.get(context);
      if (realm) return realm;
      throw coded(new TypeError(`The "contextifiedObject" argument must be an vm.Context.${received(context)}`), 'ERR_INVALID_ARG_TYPE');
    };
    const createContext = (object = {}) => {
      if (realms.has(object)) return object;
      if (typeof object !== 'object' || object === null) {
        throw coded(new TypeError(`The "contextObject" argument must be of type object.${received(object)}`), 'ERR_INVALID_ARG_TYPE');
      }
      const [id, global] = native.realm();
      hidden(global, 'console', console);
      realms.set(object, { id, global, own: new Set(Reflect.ownKeys(global)), shown: new Set() });
      return object;
    };
    const runIn = (source, name, context) => {
      const { id, global, own, shown } = realmOf(context);
      for (const key of shown) if (!Object.hasOwn(context, key) && Reflect.deleteProperty(global, key)) shown.delete(key);
      for (const key of Reflect.ownKeys(context)) {
        shown.add(key);
        const descriptor = Object.getOwnPropertyDescriptor(global, key);
        if (descriptor && !descriptor.configurable) {
          global[key] = context[key];
        } else {
          defineProperty(global, key, { get: () => context[key], set: (value) => { context[key] = value; }, enumerable: true, configurable: true });
        }
      }
      try {
        return native.evaluate(source, name, id, false);
      } finally {
        for (const key of Reflect.ownKeys(global)) {
          const descriptor = Object.getOwnPropertyDescriptor(global, key);
          if (!('value' in descriptor) || (own.has(key) && !shown.has(key))) continue;
          shown.add(key);
          context[key] = descriptor.value;
        }
      }
    };
    class Script {
      #source; #name;
      constructor(source, options) {
        this.#source = `${source}`;
        this.#name = nameOf(options);
        native.evaluate(this.#source, this.#name, 0, true);
      }
      runInThisContext() { return native.evaluate(this.#source, this.#name, 0, false); }
      runInContext(context) { return runIn(this.#source, this.#name, context); }
      runInNewContext(object) { return runIn(this.#source, this.#name, createContext(object)); }
    }
    return {
      Script,
      createContext,
      isContext: (object) => realms.has(object),
      createScript: (source, options) => new Script(source, options),
      runInThisContext: (source, options) => native.evaluate(`${source}`, nameOf(options), 0, false),
      runInContext: (source, context, options) => runIn(`${source}`, nameOf(options), context),
      runInNewContext: (source, object, options) => runIn(`${source}`, nameOf(options), createContext(object)),
      compileFunction: (source, parameters = [], options = {}) =>
        native.evaluate(`(function (${parameters.join(',')}) {${source}\n})`, nameOf(options), 0, false),
      constants: { USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol('vm_dynamic_import_main_context_default'), DONT_CONTEXTIFY: Symbol('vm_context_no_contextify') },
    };
  });
  define('module', () => {
    function Module(id = '') {
      Object.assign(this, makeModule(id));
    }
    // What `require` is relative to: a path, or a URL as `import.meta.url` is.
    const createRequire = (from) => {
      const path = (typeof from === 'string' && from.startsWith('file:')) || from instanceof URL ? toPath(new URL(from)) : from;
      if (typeof path === 'string' && path.startsWith('/')) return makeRequire(path);
      throw coded(
        new TypeError("The argument 'filename' must be a file URL object, file URL string, or absolute path string. " +
          `Received ${util.inspect(from)}`), 'ERR_INVALID_ARG_VALUE');
    };
    const isBuiltin = (name) => builtins.has(name.startsWith('node:') ? name.slice(5) : name);
    return Object.assign(Module, { Module, createRequire, builtinModules: [...builtins.keys()], isBuiltin });
  });
  define('tty', () => ({ isatty: () => false }));

  // ---- what a program knows across its callbacks ----

  // A context is a Map from storages to values that nobody changes: whoever has another makes another.
  const asyncHooks = () => {
    const within = (context, callback, self, values) => {
      const before = native.context();
      native.setContext(context);
      try { return callback.apply(self, values); } finally { native.setContext(before); }
    };
    const bind = (callback, context) => function (...values) { return within(context, callback, this, values); };
    let isCarried = false;
    // From the first value on, all that is called later is called in the context that it was given in; promises see to it themselves.
    const carry = () => {
      if (isCarried) return;
      isCarried = true;
      bound = (callback) => bind(callback, native.context());
      const { queueMicrotask } = globalThis;
      hidden(globalThis, 'queueMicrotask', (callback) => queueMicrotask(typeof callback === 'function' ? bound(callback) : callback));
    };
    const check = (callback) => {
      if (typeof callback !== 'function') throw coded(new TypeError(`The "fn" argument must be of type function.${received(callback)}`), 'ERR_INVALID_ARG_TYPE');
    };
    class AsyncLocalStorage {
      #fallback; #isEnabled = true;
      constructor({ defaultValue } = {}) { this.#fallback = defaultValue; }
      static bind(callback) {
        check(callback);
        return bind(callback, native.context());
      }
      static snapshot() { return bind((callback, ...values) => callback(...values), native.context()); }
      #with(value) {
        carry();
        this.#isEnabled = true;
        return new Map([...(native.context() ?? []), [this, value]]);
      }
      getStore() {
        if (!this.#isEnabled) return undefined;
        const context = native.context();
        return context?.has(this) ? context.get(this) : this.#fallback;
      }
      enterWith(value) { native.setContext(this.#with(value)); }
      run(value, callback, ...values) { return within(this.#with(value), callback, undefined, values); }
      exit(callback, ...values) { return this.run(undefined, callback, ...values); }
      disable() { this.#isEnabled = false; }
    }
    class AsyncResource {
      #context = native.context();
      static bind(callback, type, self) { return new AsyncResource(type).bind(callback, self); }
      runInAsyncScope(callback, self, ...values) { return within(this.#context, callback, self, values); }
      bind(callback, self) {
        check(callback);
        const resource = this;
        return function (...values) { return resource.runInAsyncScope(callback, self ?? this, ...values); };
      }
      emitDestroy() { return this; }
      asyncId() { return 1; }
      triggerAsyncId() { return 0; }
    }
    return { AsyncLocalStorage, AsyncResource, executionAsyncId: () => 1, triggerAsyncId: () => 0 };
  };

  // ---- what Node has and a sandbox has not ----

  // It can be imported, so that programs which do not use it run; what is used says why it cannot work.
  const absent = (name, why) => function () {
    throw coded(new Error(`${name} cannot work here: ${why}`), 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
  };
  const lacking = (why, modules) => {
    for (const [name, members] of Object.entries(modules)) {
      define(name, () => Object.fromEntries(members.split(' ').map((member) => [member, absent(`node:${name}: ${member}`, why)])));
    }
  };
  const withFacts = (name, facts) => {
    const make = builtins.get(name);
    define(name, () => ({ ...make(), ...facts }));
  };
  const NETWORK = 'there is no network in the sandbox';
  const PROCESSES = 'a sandbox has one process';
  const THREADS = 'a sandbox has one thread';
  const OUT = 'the JavaScript sandbox does without it';
  lacking(NETWORK, {
    http: 'Agent ClientRequest IncomingMessage Server ServerResponse createServer get request',
    https: 'Agent Server createServer get request',
    http2: 'connect createSecureServer createServer',
    net: 'Server Socket connect createConnection createServer',
    tls: 'TLSSocket connect createSecureContext createServer',
    dgram: 'Socket createSocket',
    dns: 'Resolver lookup lookupService resolve resolve4 resolve6 reverse',
    'dns/promises': 'Resolver lookup lookupService resolve resolve4 resolve6 reverse',
  });
  lacking(PROCESSES, {
    child_process: 'ChildProcess exec execFile execFileSync execSync fork spawn spawnSync',
    cluster: 'Worker disconnect fork setupPrimary',
  });
  lacking(THREADS, { worker_threads: 'BroadcastChannel MessageChannel MessagePort Worker getEnvironmentData moveMessagePortToContext setEnvironmentData' });
  lacking(OUT, {
    async_hooks: 'createHook executionAsyncResource',
    diagnostics_channel: 'Channel channel subscribe tracingChannel unsubscribe',
    inspector: 'Session close open url',
    repl: 'REPLServer start',
    sqlite: 'DatabaseSync StatementSync',
    'stream/web': 'ReadableStream TransformStream WritableStream',
    test: 'after afterEach before beforeEach describe it mock run suite test',
    v8: 'deserialize getHeapStatistics serialize setFlagsFromString writeHeapSnapshot',
    wasi: 'WASI',
    zlib: 'brotliCompressSync brotliDecompressSync createDeflate createGunzip createGzip createInflate crc32 deflate deflateSync gunzip gunzipSync gzip gzipSync ' +
      'inflate inflateSync',
  });
  withFacts('worker_threads', { isMainThread: true, parentPort: null, threadId: 0, workerData: null });
  withFacts('async_hooks', asyncHooks());
  withFacts('cluster', { isMaster: true, isPrimary: true, isWorker: false });
  // As where a machine has no network.
  hidden(globalThis, 'fetch', async () => { throw new TypeError('fetch failed', { cause: new Error(NETWORK) }); });
  hidden(globalThis, 'WebSocket', class WebSocket { constructor() { absent('WebSocket', NETWORK)(); } });

  // ---- further globals ----

  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return native.encode(`${text}`); }
    encodeInto(text, target) {
      // Whole characters only.
      let read = 0;
      let written = 0;
      for (const character of `${text}`) {
        const bytes = native.encode(character);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        read += character.length;
        written += bytes.length;
      }
      return { read, written };
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
  class Event {
    #type; #stopped = false;
    constructor(type, { cancelable = false } = {}) {
      this.#type = `${type}`;
      hidden(this, 'cancelable', Boolean(cancelable));
      hidden(this, 'defaultPrevented', false);
      hidden(this, 'target', null);
      hidden(this, 'currentTarget', null);
      hidden(this, 'timeStamp', native.now());
    }
    get type() { return this.#type; }
    preventDefault() { if (this.cancelable) this.defaultPrevented = true; }
    stopImmediatePropagation() { this.#stopped = true; }
    stopPropagation() {}
    static stopped(event) { return event.#stopped; }
  }
  const { stopped } = Event;
  delete Event.stopped;
  class CustomEvent extends Event {
    constructor(type, options = {}) {
      super(type, options);
      hidden(this, 'detail', options.detail ?? null);
    }
  }
  class EventTarget {
    #listeners = new Map();
    addEventListener(type, listener, options) {
      if (!listener) return;
      const entries = this.#listeners.get(type) ?? [];
      if (entries.some((entry) => entry.listener === listener)) return;
      this.#listeners.set(type, [...entries, { listener, once: Boolean(options?.once) }]);
      options?.signal?.addEventListener('abort', () => this.removeEventListener(type, listener));
    }
    removeEventListener(type, listener) {
      this.#listeners.set(type, (this.#listeners.get(type) ?? []).filter((entry) => entry.listener !== listener));
    }
    dispatchEvent(event) {
      event.target = event.currentTarget = this;
      const handler = this[`on${event.type}`];
      const entries = typeof handler === 'function' ? [{ listener: handler }] : [];
      for (const { listener, once: only } of entries.concat(this.#listeners.get(event.type) ?? [])) {
        if (only) this.removeEventListener(event.type, listener);
        // What a listener throws is uncaught, and the others are called all the same.
        try {
          if (typeof listener === 'function') listener.call(this, event); else listener.handleEvent(event);
        } catch (error) {
          nextTick(() => { throw error; });
        }
        if (stopped(event)) break;
      }
      return !event.defaultPrevented;
    }
  }
  let makesSignal = false;
  class AbortSignal extends EventTarget {
    #reason; #aborted = false;
    constructor() {
      if (!makesSignal) throw coded(new TypeError('Illegal constructor'), 'ERR_ILLEGAL_CONSTRUCTOR');
      super();
      hidden(this, 'onabort', null);
    }
    get aborted() { return this.#aborted; }
    get reason() { return this.#reason; }
    throwIfAborted() { if (this.#aborted) throw this.#reason; }
    static abort(reason) { const signal = makeSignal(); abort(signal, reason); return signal; }
    static timeout(delay) {
      const signal = makeSignal();
      setTimeout(() => abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError')), delay).unref();
      return signal;
    }
    static any(signals) {
      const signal = makeSignal();
      for (const source of signals) {
        if (source.aborted) { abort(signal, source.reason); break; }
        source.addEventListener('abort', () => abort(signal, source.reason));
      }
      return signal;
    }
    static set(signal, reason) { signal.#aborted = true; signal.#reason = reason; }
    [Symbol.for('nodejs.util.inspect.custom')]() { return `AbortSignal { aborted: ${this.#aborted} }`; }
  }
  const setAborted = AbortSignal.set;
  delete AbortSignal.set;
  const makeSignal = () => {
    makesSignal = true;
    try { return new AbortSignal(); } finally { makesSignal = false; }
  };
  const abort = (signal, reason = new DOMException('This operation was aborted', 'AbortError')) => {
    if (signal.aborted) return;
    setAborted(signal, reason);
    signal.dispatchEvent(new Event('abort'));
  };
  class AbortController {
    #signal = makeSignal();
    get signal() { return this.#signal; }
    abort(reason) { abort(this.#signal, reason); }
    [Symbol.for('nodejs.util.inspect.custom')]() { return `AbortController { signal: ${util.inspect(this.#signal)} }`; }
  }
  const structuredClone = (value) => {
    const copies = new Map();
    const refuse = (what) => { throw new DOMException(`${what} could not be cloned.`, 'DataCloneError'); };
    const copy = (value) => {
      if (typeof value === 'function') refuse(`${value}`);
      if (typeof value === 'symbol') refuse(value.toString());
      if (typeof value !== 'object' || value === null) return value;
      if (copies.has(value)) return copies.get(value);
      const keep = (made) => { copies.set(value, made); return made; };
      if (native.promiseState(value)) refuse('#<Promise>');
      if (value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) refuse(`#<${value.constructor.name}>`);
      if (value instanceof Date) return keep(new Date(value.getTime()));
      if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
      if (value instanceof ArrayBuffer) return keep(value.slice(0));
      if (ArrayBuffer.isView(value)) {
        const buffer = copy(value.buffer);
        const length = value instanceof DataView ? value.byteLength : value.length;
        const type = value instanceof Buffer ? Uint8Array : value.constructor;
        return keep(new type(buffer, value.byteOffset, length));
      }
      if (value instanceof Number || value instanceof String || value instanceof Boolean) return keep(Object(value.valueOf()));
      if (value instanceof Map) {
        const made = keep(new Map());
        for (const [key, member] of value) made.set(copy(key), copy(member));
        return made;
      }
      if (value instanceof Set) {
        const made = keep(new Set());
        for (const member of value) made.add(copy(member));
        return made;
      }
      let made;
      if (value instanceof Error) {
        const type = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError }[value.name] ?? Error;
        made = keep(Object.create(type.prototype, {}));
        made = keep(new type(value.message));
        hidden(made, 'stack', value.stack);
        if (Object.hasOwn(value, 'cause')) hidden(made, 'cause', copy(value.cause));
        return made;
      }
      made = keep(Array.isArray(value) ? new Array(value.length) : {});
      for (const key of Object.keys(value)) made[key] = copy(value[key]);
      return made;
    };
    return copy(value);
  };
  for (const [name, value] of Object.entries({ Event, CustomEvent, EventTarget, AbortSignal, AbortController, structuredClone })) {
    hidden(globalThis, name, value);
  }
  const { URL, URLSearchParams } = loadPackage('whatwg-url-without-unicode/index.js');
  hidden(URL.prototype, Symbol.for('nodejs.util.inspect.custom'), function (depth, options) {
    const fields = {};
    for (const name of ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search',
      'searchParams', 'hash']) fields[name] = this[name];
    return `URL ${util.inspect(fields, options)}`;
  });
  hidden(URLSearchParams.prototype, Symbol.for('nodejs.util.inspect.custom'), function (depth, options) {
    const pairs = [...this].map(([name, value]) => `${util.inspect(name, options)} => ${util.inspect(value, options)}`);
    return pairs.length ? `URLSearchParams { ${pairs.join(', ')} }` : 'URLSearchParams {}';
  });
  if (!URL.canParse) hidden(URL, 'canParse', (url, base) => { try { return Boolean(new URL(url, base)); } catch { return false; } });
  hidden(globalThis, 'URL', URL);
  hidden(globalThis, 'URLSearchParams', URLSearchParams);
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
  random.subtle = {
    digest: async (name, data) => {
      const digest = builtin('crypto').createHash(name.name ?? name).update(data).digest();
      return digest.buffer.slice(digest.byteOffset, digest.byteOffset + digest.byteLength);
    },
  };
  hidden(globalThis, 'crypto', random);
  define('crypto', () => {
    const hashes = (name) => loadPackage(`noble-hashes/${name}.js`);
    const algorithms = {
      md5: () => hashes('legacy').md5, sha1: () => hashes('legacy').sha1, ripemd160: () => hashes('legacy').ripemd160,
      sha224: () => hashes('sha2').sha224, sha256: () => hashes('sha2').sha256, sha384: () => hashes('sha2').sha384,
      sha512: () => hashes('sha2').sha512, 'sha512-256': () => hashes('sha2').sha512_256,
      'sha3-256': () => hashes('sha3').sha3_256, 'sha3-512': () => hashes('sha3').sha3_512,
      blake2b512: () => hashes('blake2').blake2b, blake2s256: () => hashes('blake2').blake2s,
    };
    const algorithm = (name) => {
      const key = `${name}`.toLowerCase();
      const make = algorithms[key] ?? algorithms[key.replace('-', '')];
      if (!make) throw coded(new Error('Digest method not supported'), 'ERR_CRYPTO_INVALID_DIGEST');
      return make();
    };
    const bytesOf = (data, encoding) => {
      if (typeof data === 'string') return new Uint8Array(Buffer.from(data, encoding));
      if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      if (data instanceof ArrayBuffer) return new Uint8Array(data);
      throw coded(new TypeError(`The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView.${received(data)}`), 'ERR_INVALID_ARG_TYPE');
    };
    class Hash {
      #state; #finished = false;
      constructor(state) { this.#state = state; }
      update(data, encoding) {
        if (this.#finished) throw coded(new Error('Digest already called'), 'ERR_CRYPTO_HASH_FINALIZED');
        this.#state.update(bytesOf(data, encoding));
        return this;
      }
      digest(encoding) {
        if (this.#finished) throw coded(new Error('Digest already called'), 'ERR_CRYPTO_HASH_FINALIZED');
        this.#finished = true;
        const digest = toBuffer(this.#state.digest());
        return encoding && encoding !== 'buffer' ? digest.toString(encoding) : digest;
      }
      copy() { return new this.constructor(this.#state.clone()); }
    }
    class Hmac extends Hash {}
    const later = (call) => (...values) => {
      const done = values.pop();
      const result = call(...values);
      setImmediate(() => done(null, result));
    };
    const pbkdf2Sync = (password, salt, iterations, length, digest) => toBuffer(hashes('pbkdf2').pbkdf2(
      algorithm(digest), bytesOf(password), bytesOf(salt), { c: iterations, dkLen: length }));
    const scryptSync = (password, salt, length, { N = 16384, cost = N, r = 8, p = 1 } = {}) => toBuffer(hashes('scrypt').scrypt(
      bytesOf(password), bytesOf(salt), { N: cost, r, p, dkLen: length }));
    const randomBytes = (size, done) => {
      const bytes = toBuffer(native.fill(new Uint8Array(size)));
      if (!done) return bytes;
      setImmediate(() => done(null, bytes));
    };
    return {
      ...random,
      webcrypto: random,
      subtle: random.subtle,
      createHash: (name) => new Hash(algorithm(name).create()),
      createHmac: (name, key) => new Hmac(hashes('hmac').hmac.create(algorithm(name), bytesOf(key))),
      hash: (name, data, encoding = 'hex') => new Hash(algorithm(name).create()).update(data).digest(encoding),
      getHashes: () => Object.keys(algorithms),
      getRandomValues: random.getRandomValues,
      pbkdf2Sync,
      pbkdf2: later(pbkdf2Sync),
      scryptSync,
      scrypt: later(scryptSync),
      randomBytes,
      randomFillSync: (view) => random.getRandomValues(view),
      randomInt: (low, high, done) => {
        if (typeof high !== 'number') [low, high, done] = [0, low, high];
        const range = high - low;
        // Without a bias towards the lower ones: draw again beyond the last whole multiple.
        const limit = 2 ** 48 - (2 ** 48 % range);
        let drawn;
        do drawn = randomBytes(6).readUIntBE(0, 6); while (drawn >= limit);
        const result = low + (drawn % range);
        if (!done) return result;
        setImmediate(() => done(null, result));
      },
      timingSafeEqual: (a, b) => {
        const [left, right] = [bytesOf(a), bytesOf(b)];
        if (left.length !== right.length) {
          throw coded(new RangeError('Input buffers must have the same byte length'), 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH');
        }
        return left.reduce((difference, byte, i) => difference | (byte ^ right[i]), 0) === 0;
      },
    };
  });

  // Before the snapshot is taken: what is made on first use is made now, for all programs at once.
  const prepare = () => {
    for (const name of builtins.keys()) builtin(name);
    // What packages would load on first use: at run time their files are not there.
    for (const path of ['assert/build/internal/util/comparisons.js',
      ...['blake2', 'hmac', 'legacy', 'pbkdf2', 'scrypt', 'sha2', 'sha3'].map((name) => `noble-hashes/${name}.js`)]) loadPackage(path);
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
    prepare, format, turn, report, rejected, finish, main, resolve, builtin, packageType, zone,
    require: requireFile,
  };
});
