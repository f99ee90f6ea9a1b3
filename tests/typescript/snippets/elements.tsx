//// an element
console.log((<div className="a" id={`x${1}`}>text</div>).type, (<br />).props);
//// children
const el = <ul>{[1, 2].map((n: number) => <li key={n}>{n}</li>)}<li>last</li></ul>;
console.log(JSON.stringify(el.props));
//// components
interface Props { name: string; children?: unknown }
const Hello = ({ name, children }: Props) => <p>Hello {name}{children}</p>;
const el2 = <Hello name="you"><b>!</b></Hello>;
console.log(el2.type === Hello, el2.props.name, JSON.stringify(Hello(el2.props).props.children));
//// fragments and spread
const p = { a: 1, b: 'two' };
const el3 = <><i {...p} c /><i {...p} a={3} /></>;
console.log(JSON.stringify(el3.props), String(el3.type));
//// text and entities
const el4 = <p>
  first   line &amp; &lt;b&gt; &copy; &#65;
  second {'{'}brace{'}'}
</p>;
console.log(JSON.stringify(el4.props.children));
//// conditions
const show: boolean = true, n: number | null = null;
console.log(JSON.stringify((<div>{show && <b>yes</b>}{n ?? 'none'}{show ? 1 : <i />}</div>).props));
//// generics beside elements
const id = <T,>(x: T): T => x;
function f<T extends object>(x: T): T { return x; }
console.log(id<number>(1), f<{ a: 1 }>({ a: 1 }).a, (<a href="#">link</a>).props.href);
//// keys
console.log((<li key="k" />).key, (<li key={1} />).key, (<li />).key, (<li key="a" {...{ b: 1 }} />).props);
//// names with dots and dashes
const Ui = { Button: (p: { 'data-x'?: string; label: string }) => p.label };
const b = <Ui.Button data-x="1" label="go" />;
console.log(b.type === Ui.Button, b.props, (<my-element aria-label="x" />).type);
//// rendered to text
type Node1 = string | number | boolean | null | undefined | JSX.Element | Node1[];
const render = (n: any): string => n == null || typeof n === 'boolean' ? '' : Array.isArray(n) ? n.map(render).join('') : typeof n !== 'object' ? String(n) : typeof n.type === 'function' ? render(n.type(n.props)) : typeof n.type === 'symbol' ? render(n.props.children) : `<${n.type}${Object.entries(n.props).filter(([k]) => k !== 'children').map(([k, v]) => ` ${k}="${v}"`).join('')}>${render(n.props.children)}</${n.type}>`;
const Item = ({ label }: { label: string }) => <li>{label}</li>;
console.log(render(<ul id="l">{['a', 'b'].map((l) => <Item key={l} label={l} />)}<><hr />{false}</></ul>));
//// a factory of one's own
/** @jsxRuntime classic */
/** @jsx h */
/** @jsxFrag Frag */
const Frag = 'frag';
function h(type: unknown, props: object | null, ...children: unknown[]) { return [type, props, ...children]; }
console.log(JSON.stringify(<a b="c">d<i /><>e</></a>));
//// classic by configuration
const React = { createElement: (t: unknown, p: unknown, ...c: unknown[]) => ({ t, p, c }), Fragment: 'F' };
console.log(JSON.stringify(<a b={1}>x<></></a>));
//// > tsconfig.json
{ "compilerOptions": { "jsx": "react", "outDir": "out", "rootDir": "." } }
