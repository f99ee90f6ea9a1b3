function __jsx(type, attributes, ...children) {
  const props = { ...attributes };
  const { key = null } = props;
  delete props.key;
  if (children.length) props.children = children.length === 1 ? children[0] : children;
  for (const name in type?.defaultProps) props[name] ??= type.defaultProps[name];
  return {
    $$typeof: Symbol.for('react.transitional.element'),
    type: type === __jsxFragment ? Symbol.for('react.fragment') : type,
    key: key === null ? null : `${key}`,
    props,
    _owner: null,
    _store: {},
  };
}
function __jsxFragment({ children }) {
  return children;
}
