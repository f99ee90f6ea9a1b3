function __decorate(decorators, target, key, description) {
  const count = arguments.length;
  let result = count < 3 ? target : description === null ? (description = Object.getOwnPropertyDescriptor(target, key)) : description;
  if (typeof Reflect === 'object' && typeof Reflect.decorate === 'function') {
    result = Reflect.decorate(decorators, target, key, description);
  } else {
    for (const decorator of decorators.toReversed()) {
      if (decorator) result = (count < 3 ? decorator(result) : count > 3 ? decorator(target, key, result) : decorator(target, key)) || result;
    }
  }
  if (count > 3 && result) Object.defineProperty(target, key, result);
  return result;
}
