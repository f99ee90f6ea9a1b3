//// [1,2,3].map(x=>x*2)
console.log([1,2,3].map(x=>x*2));
//// "abc".split("")
console.log("abc".split(""));
//// new Date(0)
console.log(new Date(0));
//// [undefined,null,NaN]
console.log([undefined,null,NaN]);
//// {a:1}
console.log({a:1});
//// [..."héllo"]
console.log([..."héllo"]);
//// typeof undefined
console.log(typeof undefined);
//// 0.1+0.2
console.log(0.1+0.2);
//// [1,2,3].join("-")
console.log([1,2,3].join("-"));
//// new Set("hello")
console.log(new Set("hello"));
//// Object.keys({b:1,a:2})
console.log(Object.keys({b:1,a:2}));
//// [3,1,2].sort()
console.log([3,1,2].sort());
//// "x".padEnd(3,".")
console.log("x".padEnd(3,"."));
//// Math.max(1,2,3)
console.log(Math.max(1,2,3));
//// parseInt("42abc")
console.log(parseInt("42abc"));
//// [1,[2,[3]]].flat()
console.log([1,[2,[3]]].flat());
//// new Error("e").message
console.log(new Error("e").message);
//// /a/.test("cat")
console.log(/a/.test("cat"));
//// "a,b".split(",")
console.log("a,b".split(","));
//// [1,2,3].reduce((a,b)=>a+b)
console.log([1,2,3].reduce((a,b)=>a+b));
//// Array(3).fill(0)
console.log(Array(3).fill(0));
//// new Array(3)
console.log(new Array(3));
//// [,]
console.log([,]);
//// [[],[]]
console.log([[],[]]);
//// ({}).toString()
console.log(({}).toString());
//// String(Symbol("x"))
console.log(String(Symbol("x")));
//// JSON.stringify({a:[1,2]})
console.log(JSON.stringify({a:[1,2]}));
//// isNaN("x")
console.log(isNaN("x"));
//// [1,2,3].indexOf(2)
console.log([1,2,3].indexOf(2));
//// "abc"[1]
console.log("abc"[1]);
//// Number("12")
console.log(Number("12"));
//// Boolean("")
console.log(Boolean(""));
//// [] + []
console.log([] + []);
//// !!"0"
console.log(!!"0");
//// 1/0
console.log(1/0);
//// -1/0
console.log(-1/0);
//// 0/0
console.log(0/0);
//// 2**10
console.log(2**10);
//// 7%3
console.log(7%3);
//// -7%3
console.log(-7%3);
//// 1<<31
console.log(1<<31);
//// 1>>>0
console.log(1>>>0);
//// ~5
console.log(~5);
//// "b"+"a"+ +"a"+"a"
console.log("b"+"a"+ +"a"+"a");
//// [10,9,1].sort()
console.log([10,9,1].sort());
//// new Map([["k",{v:1}]])
console.log(new Map([["k",{v:1}]]));
//// Object.freeze({a:1})
console.log(Object.freeze({a:1}));
//// (()=>{}).name
console.log((()=>{}).name);
//// (function foo(){}).length
console.log((function foo(){}).length);
//// Array.from("abc",c=>c+c)
console.log(Array.from("abc",c=>c+c));
//// "abc".replace("b","$&$&")
console.log("abc".replace("b","$&$&"));
//// "A".charCodeAt(0)
console.log("A".charCodeAt(0));
//// String.fromCharCode(97,98)
console.log(String.fromCharCode(97,98));
//// encodeURIComponent("é")
console.log(encodeURIComponent("é"));
//// new Int8Array([1,-1])
console.log(new Int8Array([1,-1]));
//// new BigInt64Array(1)
console.log(new BigInt64Array(1));
//// [1.0,2.50,-0]
console.log([1.0,2.50,-0]);
//// 1e100
console.log(1e100);
//// 123456789012345680000
console.log(123456789012345680000);
//// 0xff
console.log(0xff);
//// 1_000_000
console.log(1_000_000);
//// .5
console.log(.5);
//// 5..toString()
console.log(5..toString());
//// "\u0041"
console.log("\u0041");
//// `a${1+1}b`
console.log(`a${1+1}b`);
//// [true,false]
console.log([true,false]);
//// [null]
console.log([null]);
//// {a:undefined}
console.log({a:undefined});
//// {f(){}}
console.log({f(){}});
//// {f:()=>{}}
console.log({f:()=>{}});
//// {async f(){}}
console.log({async f(){}});
//// {*g(){}}
console.log({*g(){}});
//// class A{}
console.log(class A{});
//// class A extends Array{}
console.log(class A extends Array{});
//// new (class Foo{constructor(){this.a=1}})
console.log(new (class Foo{constructor(){this.a=1}}));
//// Object.create({a:1})
console.log(Object.create({a:1}));
//// [function(){}]
console.log([function(){}]);
//// [class{}]
console.log([class{}]);
//// Symbol.for("q")
console.log(Symbol.for("q"));
//// [Symbol("z")]
console.log([Symbol("z")]);
//// new Boolean(false)
console.log(new Boolean(false));
//// [new Number(3)]
console.log([new Number(3)]);
//// new String("abc")
console.log(new String("abc"));
//// [["a",1],["b",2]]
console.log([["a",1],["b",2]]);
//// {a:{b:{c:{}}}}
console.log({a:{b:{c:{}}}});
//// {a:{b:{c:{d:1}}}}
console.log({a:{b:{c:{d:1}}}});
//// {a:[[[[]]]]}
console.log({a:[[[[]]]]});
//// new Promise(()=>{})
console.log(new Promise(()=>{}));
//// (async()=>{})()
console.log((async()=>{})());
//// Promise.reject(1).catch(()=>{})
console.log(Promise.reject(1).catch(()=>{}));
//// new WeakSet()
console.log(new WeakSet());
//// globalThis.undefinedThing
console.log(globalThis.undefinedThing);
//// [1,2,3].entries()
console.log([1,2,3].entries());
//// Object.entries({a:1})
console.log(Object.entries({a:1}));
//// new Uint8ClampedArray([300,-5])
console.log(new Uint8ClampedArray([300,-5]));
//// new Date(NaN)
console.log(new Date(NaN));
//// new Date("2020-01-01")
console.log(new Date("2020-01-01"));
//// Number.EPSILON
console.log(Number.EPSILON);
//// Math.PI
console.log(Math.PI);
//// [0.1,0.25]
console.log([0.1,0.25]);
//// [1,"a",null,undefined,true]
console.log([1,"a",null,undefined,true]);
//// {"key with space":1}
console.log({"key with space":1});
//// {1:2,a:3}
console.log({1:2,a:3});
//// "it's"
console.log("it's");
//// ["it's"]
console.log(["it's"]);
//// ['"']
console.log(['"']);
//// ["`'\""]
console.log(["`'\""]);
//// "multi\nline"
console.log("multi\nline");
//// ["multi\nline"]
console.log(["multi\nline"]);
//// ["\\"]
console.log(["\\"]);
//// [1,2,3].toString()
console.log([1,2,3].toString());
//// new (class extends Map{})([[1,2]])
console.log(new (class extends Map{})([[1,2]]));
//// new Array(2).concat([1])
console.log(new Array(2).concat([1]));
//// Array.from({length:7},(_, i)=>i*1.5)
console.log(Array.from({length:7},(_, i)=>i*1.5));
//// Array.from({length:101},(_, i)=>i)
console.log(Array.from({length:101},(_, i)=>i));
//// "x".repeat(5)
console.log("x".repeat(5));
//// [...new Map([[1,2]])]
console.log([...new Map([[1,2]])]);
//// Object.getOwnPropertyNames(class{static m(){}})
console.log(Object.getOwnPropertyNames(class{static m(){}}));
//// Reflect.ownKeys([1])
console.log(Reflect.ownKeys([1]));
//// (1234.5).toFixed(1)
console.log((1234.5).toFixed(1));
//// (255).toString(2)
console.log((255).toString(2));
//// "%d"
console.log("%d");
//// "%%"
console.log("%%");
//// [1,2,3].at(-2)
console.log([1,2,3].at(-2));
//// "abc".at(5)
console.log("abc".at(5));
//// structuredClone({a:[new Date(1)]})
console.log(structuredClone({a:[new Date(1)]}));
//// new URLSearchParams("a=1")
console.log(new URLSearchParams("a=1"));
//// Buffer.from("ok")
console.log(Buffer.from("ok"));
//// new TextEncoder().encode("a")
console.log(new TextEncoder().encode("a"));
