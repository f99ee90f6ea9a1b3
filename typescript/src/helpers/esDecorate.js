function __runInitializers(target, initializers, value) {
  for (const initializer of initializers) value = initializer.call(target, value);
  return value;
}
function __esDecorate(target, state, members) {
  const parent = Object.getPrototypeOf(target)?.[Symbol.metadata];
  state.metadata = Symbol.metadata ? Object.create(parent ?? null) : undefined;
  members.forEach((_, index) => { state[index] = { init: [], extra: [] }; });
  const rank = ([kind, , isStatic]) => (kind === 'field' ? 2 : 0) + (isStatic ? 0 : 1);
  const order = members.map((_, index) => index).sort((a, b) => rank(members[a]) - rank(members[b]));
  for (const index of order) {
    const [kind, name, isStatic, isPrivate, decorators, access] = members[index];
    const { init, extra } = state[index];
    const home = isStatic ? target : target.prototype;
    const later = kind === 'field' || kind === 'accessor' ? extra : isStatic ? state.staticExtra : state.extra;
    const description = kind === 'field' || isPrivate ? {} : Object.getOwnPropertyDescriptor(home, name);
    const part = { method: 'value', getter: 'get', setter: 'set' }[kind];
    for (const decorator of decorators.toReversed()) {
      let done = false;
      const context = {
        kind, name, static: isStatic, private: isPrivate, access, metadata: state.metadata,
        addInitializer(initializer) {
          if (done) throw new TypeError('Cannot add initializers after decoration has completed');
          if (typeof initializer !== 'function') throw new TypeError('Function expected');
          later.push(initializer);
        },
      };
      const result = decorator(kind === 'field' ? undefined : kind === 'accessor' ? { get: description.get, set: description.set } : description[part], context);
      done = true;
      if (result === undefined) continue;
      if (kind === 'accessor') {
        if (result === null || typeof result !== 'object') throw new TypeError('Object expected');
        if (result.get) description.get = result.get;
        if (result.set) description.set = result.set;
        if (result.init) init.unshift(result.init);
      } else {
        if (typeof result !== 'function') throw new TypeError('Function expected');
        if (kind === 'field') init.unshift(result); else description[part] = result;
      }
    }
    if (kind !== 'field' && !isPrivate) Object.defineProperty(home, name, description);
  }
  __runInitializers(target, state.staticExtra);
}
function __esDecorateClass(target, state) {
  const initializers = [];
  for (const decorator of state.decorators.toReversed()) {
    let done = false;
    const result = decorator(target, {
      kind: 'class', name: target.name, metadata: state.metadata,
      addInitializer(initializer) {
        if (done) throw new TypeError('Cannot add initializers after decoration has completed');
        if (typeof initializer !== 'function') throw new TypeError('Function expected');
        initializers.push(initializer);
      },
    });
    done = true;
    if (result === undefined) continue;
    if (typeof result !== 'function') throw new TypeError('Function expected');
    target = result;
  }
  if (state.metadata) Object.defineProperty(target, Symbol.metadata, { configurable: true, writable: true, value: state.metadata });
  __runInitializers(target, initializers);
  return target;
}
