function __usingCtx() {
  const stack = [];
  let failed = false, failure;
  const fail = (error) => {
    if (failed) {
      const both = typeof SuppressedError === 'function' ? new SuppressedError(error, failure) : Object.assign(new Error(), { name: 'SuppressedError', error, suppressed: failure });
      failure = both;
    } else {
      failed = true;
      failure = error;
    }
  };
  const add = (isAsync, value) => {
    if (value === null || value === undefined) {
      if (isAsync) stack.push({ isAsync });
      return value;
    }
    if (Object(value) !== value) throw new TypeError('Object expected.');
    let dispose = isAsync ? value[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')] : undefined;
    if (dispose === undefined) {
      const method = value[Symbol.dispose ?? Symbol.for('Symbol.dispose')];
      dispose = isAsync && method ? function () { try { method.call(this); } catch (error) { return Promise.reject(error); } } : method;
    }
    if (typeof dispose !== 'function') throw new TypeError('Object not disposable.');
    stack.push({ isAsync, value, dispose });
    return value;
  };
  return {
    set e(error) { failed = true; failure = error; },
    get e() { return failure; },
    u: (value) => add(false, value),
    a: (value) => add(true, value),
    d() {
      let waits = false;
      const next = () => {
        for (let entry; (entry = stack.pop());) {
          try {
            if (!entry.isAsync && waits) {
              waits = false;
              stack.push(entry);
              return Promise.resolve().then(next);
            }
            if (!entry.dispose) {
              waits = true;
              continue;
            }
            const result = entry.dispose.call(entry.value);
            if (entry.isAsync) {
              waits = false;
              return Promise.resolve(result).then(next, (error) => { fail(error); return next(); });
            }
          } catch (error) {
            fail(error);
          }
        }
        if (waits) {
          waits = false;
          return Promise.resolve().then(next);
        }
        if (failed) throw failure;
      };
      return next();
    },
  };
}
