function __decorateParam(index, decorator) {
  return (target, key) => decorator(target, key, index);
}
