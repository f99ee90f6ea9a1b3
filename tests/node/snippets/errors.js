//// [1].map(3)
try { (()=>[1].map(3))(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// [1].map({})
try { (()=>[1].map({}))(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// [1].map([1])
try { (()=>[1].map([1]))(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// [1].map("abc")
try { (()=>[1].map("abc"))(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// [1].map()
try { (()=>[1].map())(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// new Promise(1)
try { (()=>new Promise(1))(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// const o={};o.f()
try { (()=>{const o={};o.f()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// const o={a:{}};o.a.b()
try { (()=>{const o={a:{}};o.a.b()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// const o={a:[]};o.a[0]()
try { (()=>{const o={a:[]};o.a[0]()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// const k="z",o={};o[k]()
try { (()=>{const k="z",o={};o[k]()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// const o={};o["x"]()
try { (()=>{const o={};o["x"]()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// const f=()=>1;f()()
try { (()=>{const f=()=>1;f()()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// "abc".foo()
try { (()=>{"abc".foo()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// (5).foo()
try { (()=>{(5).foo()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// [1].foo()
try { (()=>{[1].foo()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// ({}).foo()
try { (()=>{({}).foo()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// new Date().foo()
try { (()=>{new Date().foo()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let f=null;f()
try { (()=>{let f=null;f()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// new (class{})().x()
try { (()=>{new (class{})().x()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// (1||2)()
try { (()=>{(1||2)()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// (function(){this.x()}).call({})
try { (()=>{(function(){this.x()}).call({})})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let x=1; (x?x:2)()
try { (()=>{let x=1; (x?x:2)()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// new 5
try { (()=>{new 5})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let q={};new q.z()
try { (()=>{let q={};new q.z()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let q={};new q
try { (()=>{let q={};new q})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// new Math.max()
try { (()=>{new Math.max()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let o={};o?.f()
try { (()=>{let o={};o?.f()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let o={};o.f?.(); o.g(1,o.a,[2])
try { (()=>{let o={};o.f?.(); o.g(1,o.a,[2])})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// const [a]=5
try { (()=>{const [a]=5})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// const [a]=undefined
try { (()=>{const [a]=undefined})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// const {a}=undefined
try { (()=>{const {a}=undefined})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// for(const x of 5);
try { (()=>{for(const x of 5);})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let u; for(const x of u);
try { (()=>{let u; for(const x of u);})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let o={};for (const x of o);
try { (()=>{let o={};for (const x of o);})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let o={};[...o]
try { (()=>{let o={};[...o]})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// Math.max(...5)
try { (()=>{Math.max(...5)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// new Map(5)
try { (()=>{new Map(5)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let o={};o.a.b.c
try { (()=>{let o={};o.a.b.c})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// null.x
try { (()=>{null.x})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let u;u.x=1
try { (()=>{let u;u.x=1})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// undefinedVar
try { (()=>{undefinedVar})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// class A{constructor(){}} A()
try { (()=>{class A{constructor(){}} A()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// class A{} class B extends A{constructor(){this.x=1}} new B
try { (()=>{class A{} class B extends A{constructor(){this.x=1}} new B})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// 1 in 2
try { (()=>{1 in 2})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// ({}) instanceof 5
try { (()=>{({}) instanceof 5})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// Symbol()+1
try { (()=>{Symbol()+1})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// 1n+1
try { (()=>{1n+1})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// JSON.parse("{a")
try { (()=>{JSON.parse("{a")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// JSON.parse("")
try { (()=>{JSON.parse("")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let c={};c.c=c;JSON.stringify(c)
try { (()=>{let c={};c.c=c;JSON.stringify(c)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// Object.defineProperty(1,"a",{})
try { (()=>{Object.defineProperty(1,"a",{})})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// "use strict";Object.freeze([1]).push(2)
try { (()=>{"use strict";Object.freeze([1]).push(2)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// new Array(-1)
try { (()=>{new Array(-1)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// (1).toFixed(101)
try { (()=>{(1).toFixed(101)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// "a".repeat(-1)
try { (()=>{"a".repeat(-1)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// null[Symbol.iterator]
try { (()=>{null[Symbol.iterator]})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// const f=async()=>{}; f().then(1).x()
try { (()=>{const f=async()=>{}; f().then(1).x()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// x;let x
try { (()=>{x;let x})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// [].reduce((a,b)=>a)
try { (()=>{[].reduce((a,b)=>a)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// BigInt(1.5)
try { (()=>{BigInt(1.5)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// decodeURIComponent("%")
try { (()=>{decodeURIComponent("%")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// new RegExp("[")
try { (()=>{new RegExp("[")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// structuredClone(()=>{})
try { (()=>{structuredClone(()=>{})})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// Reflect.construct(1)
try { (()=>{Reflect.construct(1)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// new Proxy({},null)
try { (()=>{new Proxy({},null)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// const a=1;a++
try { (()=>{const a=1;a++})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// "use strict";Object.freeze({a:1}).a=2
try { (()=>{"use strict";Object.freeze({a:1}).a=2})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// "use strict";delete Object.freeze({a:1}).a
try { (()=>{"use strict";delete Object.freeze({a:1}).a})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// "use strict"; undefinedy=1
try { (()=>{"use strict"; undefinedy=1})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// super_
try { (()=>{super_})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// let it=[1][Symbol.iterator](); it.next.call({})
try { (()=>{let it=[1][Symbol.iterator](); it.next.call({})})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// new WeakMap().set(1,2)
try { (()=>{new WeakMap().set(1,2)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// new Set().add.call({})
try { (()=>{new Set().add.call({})})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// Map()
try { (()=>{Map()})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// Promise.resolve.call(1)
try { (()=>{Promise.resolve.call(1)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// Symbol.keyFor(1)
try { (()=>{Symbol.keyFor(1)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// new Symbol
try { (()=>{new Symbol})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// [].at.call(null)
try { (()=>{[].at.call(null)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// "".trim.call(undefined)
try { (()=>{"".trim.call(undefined)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// String.fromCodePoint(-1)
try { (()=>{String.fromCodePoint(-1)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// Number.prototype.toString.call("a")
try { (()=>{Number.prototype.toString.call("a")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// (5).toString(99)
try { (()=>{(5).toString(99)})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// Object.setPrototypeOf(Object.preventExtensions({}),{})
try { (()=>{Object.setPrototypeOf(Object.preventExtensions({}),{})})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// class A{#p; static t(o){return o.#p}} A.t({})
try { (()=>{class A{#p; static t(o){return o.#p}} A.t({})})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("let a; let a")
try { (()=>{eval("let a; let a")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("1+")
try { (()=>{eval("1+")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("var x = ;")
try { (()=>{eval("var x = ;")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("foo bar")
try { (()=>{eval("foo bar")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("{")
try { (()=>{eval("{")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("(")
try { (()=>{eval("(")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("\"abc")
try { (()=>{eval("\"abc")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("return 1")
try { (()=>{eval("return 1")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("await 1")
try { (()=>{eval("await 1")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("1=2")
try { (()=>{eval("1=2")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("function(){}")
try { (()=>{eval("function(){}")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("if(")
try { (()=>{eval("if(")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("let let=1")
try { (()=>{eval("let let=1")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("for(;;")
try { (()=>{eval("for(;;")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("a b c")
try { (()=>{eval("a b c")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("const x")
try { (()=>{eval("const x")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("}")
try { (()=>{eval("}")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
//// eval("x = {a:1,,}")
try { (()=>{eval("x = {a:1,,}")})(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); }
