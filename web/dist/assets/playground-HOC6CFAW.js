var T=[{language:"python",title:"Hello",source:`# Hello
import sys

name = sys.argv[1] if len(sys.argv) > 1 else "world"
print(f"Hello, {name}!")
`,stdin:""},{language:"python",title:"Primes with a sieve",source:`# Primes with a sieve
from itertools import compress


def primes(limit):
    """All primes below \`limit\`."""
    sieve = bytearray([1]) * limit
    sieve[:2] = b"\\0\\0"
    for n in range(2, int(limit**0.5) + 1):
        if sieve[n]:
            sieve[n * n :: n] = bytes(len(sieve[n * n :: n]))
    return list(compress(range(limit), sieve))


found = primes(100_000)
print(f"{len(found)} primes, the last is {found[-1]}")
`,stdin:""},{language:"python",title:"Word count of the standard input",source:`# Word count of the standard input
import sys
from collections import Counter

words = Counter(sys.stdin.read().lower().split())
for word, count in words.most_common(5):
    print(f"{count:3} {word}")
`,stdin:`the quick brown fox jumps over the lazy dog
and the dog does not mind
`},{language:"python",title:"Write a file and read it back",source:`# Write a file and read it back
import csv

rows = [("planet", "moons"), ("Mars", 2), ("Jupiter", 97), ("Saturn", 274)]
with open("planets.csv", "w", newline="") as file:
    csv.writer(file).writerows(rows)

with open("planets.csv") as file:
    for row in csv.DictReader(file):
        print(row["planet"].ljust(8), row["moons"])
`,stdin:""},{language:"python",title:"An error, and where it comes from",source:`# An error, and where it comes from
def mean(numbers):
    return sum(numbers) / len(numbers)


print(mean([3, 4, 5]))
print(mean([]))
`,stdin:""},{language:"python",title:"Output as it comes",source:`# Output as it comes
import time

for n in range(10, 0, -1):
    print(n, flush=True)
    time.sleep(0.3)
print("Lift-off")
`,stdin:""},{language:"bash",title:"Hello",source:`# Hello
name=\${1:-world}
echo "Hello, $name!"
`,stdin:""},{language:"c",title:"Hello",source:`// Hello
#include <stdio.h>

int main(int count, char **args) {
    printf("Hello, %s!\\n", count > 1 ? args[1] : "world");
}
`,stdin:""},{language:"cpp",title:"Hello",source:`// Hello
#include <iostream>

int main(int count, char **args) {
    std::cout << "Hello, " << (count > 1 ? args[1] : "world") << "!\\n";
}
`,stdin:""},{language:"go",title:"Hello",source:`// Hello
package main

import (
	"fmt"
	"os"
)

func main() {
	name := "world"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	fmt.Printf("Hello, %s!\\n", name)
}
`,stdin:""},{language:"java",title:"Hello",source:`// Hello
public class Main {
    public static void main(String[] args) {
        System.out.println("Hello, " + (args.length > 0 ? args[0] : "world") + "!");
    }
}
`,stdin:""},{language:"javascript",title:"Hello",source:'// Hello\nconst name = process.argv[2] ?? "world";\nconsole.log(`Hello, ${name}!`);\n',stdin:""},{language:"javascript",title:"Group and sort",source:`// Group and sort
const people = [
  { name: "Ada", born: 1815 },
  { name: "Grace", born: 1906 },
  { name: "Alan", born: 1912 },
  { name: "Barbara", born: 1939 },
];
const byCentury = Object.groupBy(people, ({ born }) => \`\${Math.ceil(born / 100)}th century\`);
for (const [century, group] of Object.entries(byCentury)) {
  console.log(century, group.map(({ name }) => name).sort().join(", "));
}
`,stdin:""},{language:"javascript",title:"Promises in order of time",source:`// Promises in order of time
const after = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));

for (const [ms, name] of [[30, "third"], [10, "first"], [20, "second"]]) {
  after(ms, name).then((value) => console.log(value));
}
`,stdin:""},{language:"javascript",title:"Sum of the standard input",source:`// Sum of the standard input
const text = require("fs").readFileSync(0, "utf8");
const numbers = text.split(/\\s+/).filter(Boolean).map(Number);
console.log(numbers.reduce((sum, n) => sum + n, 0));
`,stdin:`3 4 5
30
`},{language:"javascript",title:"An error, and where it comes from",source:`// An error, and where it comes from
function first(list) {
  return list[0].name;
}

console.log(first([{ name: "Ada" }]));
console.log(first([]));
`,stdin:""},{language:"lua",title:"Hello",source:`-- Hello
local name = arg[1] or "world"
print(("Hello, %s!"):format(name))
`,stdin:""},{language:"rust",title:"Hello",source:`//! Hello
fn main() {
    let name = std::env::args().nth(1).unwrap_or("world".into());
    println!("Hello, {name}!");
}
`,stdin:""},{language:"sql",title:"Hello",source:`-- Hello
CREATE TABLE language (name TEXT, year INTEGER);
INSERT INTO language VALUES ('SQL', 1974), ('Python', 1991), ('Lua', 1993);
SELECT name, year FROM language ORDER BY year DESC;
`,stdin:""},{language:"typescript",title:"Hello",source:`// Hello
interface Greeting {
  name: string;
  loud?: boolean;
}

function greet({ name, loud = false }: Greeting): string {
  const text = \`Hello, \${name}\`;
  return loud ? \`\${text.toUpperCase()}!\` : \`\${text}.\`;
}

console.log(greet({ name: "world", loud: true }));
`,stdin:""}];var ze="Tab indents once you have typed; Escape, then Tab leaves. Control and Enter runs.",le=(e,t,a=()=>{})=>{let{container:n,field:o,wrapper:r}=e,{readOnly:s}=o,i=n.matches(".show-line-numbers"),l=n.parentElement,c,m,g=!1,u=!1,y=()=>c?.textarea??o,X=()=>c?.lines??r.children,H=h=>{for(let p of X())p.classList.remove("wrong");for(let p of h)p&&X()[p]?.classList.add("wrong")},C=()=>{H([]),a()},R=()=>m??=(async()=>{try{let{editor:h}=await import("./editor-MSHHTC2V.js"),p=await h(t,{readOnly:s,lineNumbers:i});for(;u;)await new Promise(G=>o.addEventListener("compositionend",G,{once:!0}));let{selectionStart:x,selectionEnd:De,selectionDirection:Ue,ariaLabel:We,ariaDescription:Xe}=o,Fe=[...r.children].flatMap((G,Ge)=>G.matches(".wrong")?Ge:[]),{scrollLeft:Ke,scrollTop:Je}=n,qe=o.matches(":focus");p.show(o.value,t),Object.assign(p.textarea,{ariaLabel:We,ariaDescription:Xe}),p.textarea.setSelectionRange(x,De,Ue),n.replaceWith(p.container),p.container.scrollTo(Ke,Je),qe&&p.textarea.focus({preventScroll:!0}),c=p,H(Fe),p.onChange(C)}catch{}})();return o.addEventListener("input",C),o.addEventListener("compositionstart",()=>u=!0),o.addEventListener("compositionend",()=>u=!1),s||(o.ariaDescription=ze,o.addEventListener("focus",R),o.matches(":focus")&&R()),l.addEventListener("input",()=>g=!0),l.addEventListener("focusout",()=>g=!1),l.addEventListener("keydown",h=>{h.key==="Tab"&&!g&&h.stopImmediatePropagation()},!0),{get value(){return c?.value??o.value},show(h,p,x){t=p,x&&(y().ariaLabel=x),c?.show(h,t),e.show(h,t)},mark:H,goTo(h){let p=this.value.split(`
`),x=p.slice(0,h-1).join(`
`).length+(h>1?1:0);y().focus(),y().setSelectionRange(x,x+(p[h-1]?.length??0))},enrich:R}};var F={message:"The connection was lost before the program ended.",suggestion:"Run it again."},ce=e=>({message:`${e} cannot be reached.`,suggestion:"Check your connection, then run it again."}),de=(e,t,a)=>{if(e==="stdout"||e==="stderr")a.output(e,t.text??"");else{if(e==="finished")return a.finished(t),!0;if(e==="error")return a.failed(t.error??F),!0}return!1},ue=async(e,t,a,n)=>{let o=new AbortController,r=0,s=()=>{clearTimeout(r),r=setTimeout(()=>o.abort(),6e4)};a.addEventListener("abort",()=>o.abort()),s();let i=!1;try{let l=await fetch(e.server+"/v1/execute",{method:"POST",credentials:"omit",headers:{"Content-Type":"application/json",...e.key&&{"X-API-Key":e.key}},body:JSON.stringify(t),signal:o.signal});if(i=!0,!l.ok||!l.body){let{error:m}=await l.json().catch(()=>({}));return n.failed(m??{message:`${e.server} answered with status ${l.status}.`})}let c=l.body.pipeThrough(new TextDecoderStream).getReader();for(let m="";;){let{done:g,value:u}=await c.read();if(g||m.length>8388608)break;s();let y=(m+u).split(/\r?\n\r?\n/);m=y.pop();for(let X of y){let H="",C="";for(let R of X.split(/\r?\n/)){let[,h,p]=/^(\w+): ?(.*)/.exec(R)??[];h==="event"?H=p:h==="data"&&(C+=p)}if(C&&de(H,JSON.parse(C),n))return}}n.failed(F)}catch{a.aborted||n.failed(i?F:ce(e.server))}finally{clearTimeout(r),o.abort()}},me=(e,t,a,n)=>{let o=new URL("/v1/ws",e.server);o.protocol=o.protocol.replace("http","ws"),e.key&&o.searchParams.set("key",e.key);let r=new WebSocket(o),s=l=>{r.readyState===WebSocket.OPEN&&r.send(JSON.stringify(l))},i=new Promise(l=>{let c=!1,m=!1,g=u=>{!c&&u&&!a.aborted&&n.failed(u),c=!0,r.close(),l()};a.addEventListener("abort",()=>{s({type:"cancel"}),g()}),r.onopen=()=>{m=!0,s({type:"run",...t,stdin_open:!0})},r.onmessage=({data:u})=>{let y=JSON.parse(u);c||!de(y.type,y,n)||(c=!0,g())},r.onclose=()=>g(m?F:ce(e.server))});return{input:{send:l=>s({type:"stdin",text:l}),end:()=>s({type:"stdin_close"})},done:i}};var b=(e,t={},...a)=>{let n=document.createElement(e);for(let[o,r]of Object.entries(t))o.includes("-")||o==="part"?n.setAttribute(o,String(r)):n[o]=r;return n.append(...a),n};var pe=2e5,Y=4096,Ve=1e3,Qe=500,ge=(e,t=()=>{})=>{let a={},n=[],o=0,r=0,s=()=>{if(cancelAnimationFrame(r),r=0,!n.length)return;let i=e.scrollTop+e.clientHeight>e.scrollHeight-24;for(let[l,c]of n){let m=e.lastElementChild;if(o+=c.length,m?.className===l&&m.textContent.length+c.length<Y)m.append(c);else{let g=document.createDocumentFragment();for(let u=0;u<c.length;u+=Y)g.append(b("span",{className:l},c.slice(u,u+Y)));e.append(g)}}for(n=[],o>Qe&&(e.ariaLive="off");o>pe&&e.childElementCount>1;)o-=e.firstElementChild.textContent.length,e.firstElementChild.remove(),e.dataset.cut="";i&&(e.scrollTop=e.scrollHeight),t()};return{flush:s,write(i,l){l=l.replace(/\x1b\[[\d;?]*[A-Za-z]/g,""),a[i]=((a[i]??"")+l).slice(-pe);let c=n.at(-1);c?.[0]===i?c[1]+=l:n.push([i,l]),n.length>Ve&&s(),r||=requestAnimationFrame(s)},clear(){a={},n=[],o=0,e.replaceChildren(),e.ariaLive="polite",delete e.dataset.cut},text:i=>a[i]??""}};var Ze="and as async await bool break case catch char class const continue def default del do done double elif else enum except export extends false False fi final finally float fn for from func function go if impl import in int interface is lambda let loop match mod mut new nil None nonlocal not null or package pass private protected pub public raise return self static string struct super switch this throw throws trait True true try type typeof undefined unsafe use var void while with yield";var et="//.*|/\\*[^]*?\\*/",tt=`"""[^]*?"""|'''[^]*?'''|"(?:\\\\[^]|[^"\\\\\\n])*"`,fe="|'(?:\\\\[^]|[^'\\\\\\n])*'",he="|`[^`]*`",nt="|'(?:\\\\[^'\\n]+|[^'\\\\\\n])'",be=(e,t)=>{let a=/^(py|ba|sh|ru?b|cpython)/.test(t),n=a?fe:/^(j|t|node|ecma|quick)/.test(t)&&t!=="java"?fe+he:nt+he,o=RegExp(`(${a?"#.*":et})|(${tt}${n})|(\\b\\d[\\w.]*)|\\b(${Ze.replaceAll(" ","|")})\\b`,"g"),r=[],s=(l,c)=>l.split(`
`).forEach((m,g)=>{if(g||!r.length){let y=document.createElement("div");y.className="pce-line",y.ariaHidden="true",r.push(y)}if(!m)return;let u=c?document.createElement("span"):new Text;u.textContent=m,c&&(u.className="token "+c),r.at(-1).append(u)}),i=0;s("");for(let l of e.matchAll(o)){s(e.slice(i,l.index));let c=l.slice(1).findIndex(Boolean);s(l[0],["comment","string","number","keyword"][c]),i=l.index+l[0].length}s(e.slice(i));for(let l of r)l.append(`
`);return r};var ye=(e,t,a)=>{let n="",o=b("textarea",{className:"pce-textarea",spellcheck:!1,autocapitalize:"off",autocomplete:"off",readOnly:t,ariaLabel:e}),r=b("div",{className:"pce-wrapper"},b("div",{className:"pce-overlays"},o)),s=b("div",{className:"prism-code-editor pce-nowrap"+(a?" show-line-numbers":"")},r),i=()=>{let l=be(o.value,n);for(;r.children[1];)r.lastChild.remove();r.append(...l),s.style.setProperty("--number-width",(l.length+"").length+".001ch")};return o.oninput=i,{container:s,wrapper:r,field:o,draw:i,show(l,c){n=c,o.value=l,i()}}};var ot={cpu_time:"CPU time",wall_time:"time",memory:"memory",output:"output",disk:"disk",files:"number of files",stack:"call depth",processes:"number of processes"},z=e=>{let t=e/1e3;return t<1e3?`${t<10?t.toFixed(1):Math.round(t)} ms`:`${(t/1e3).toFixed(1)} s`},we=e=>e.termination.kind==="exited"&&e.termination.code===0,ve=e=>{let{termination:t,stage:a}=e;return`${t.kind==="limit_exceeded"?`Stopped: ${ot[t.resource]??t.resource} limit reached`:a==="compile"?"Did not compile":t.kind==="crashed"?`Crashed: ${t.reason}`:`Exit ${t.code}`} · ${z(e.usage.wall_us)}${e.cached?" · cached":""}`},Ee=(e,t)=>{let a=t.replace(/\W/g,"\\$&"),n=[],o;for(let r of e.split(`
`)){let[,s,i]=RegExp(`(?:^|[\\s/(<"'])${a}("?, line |: line |:)(\\d+)`).exec(r)??[];i&&(s.startsWith('"')?o=+i:(/\berror\b/i.test(r)||!n.length&&!/\b(warning|note)\b/i.test(r))&&n.push(+i))}return o?[o]:[...new Set(n)]};var Se=e=>e.trimStart().startsWith("[")?JSON.parse(e):[...e.matchAll(/"([^"]*)"|(\S+)/g)].map(([,t,a])=>t??a);var V="#v1=";var Te=async(e,t,a)=>{let n=new Blob([e]).stream().pipeThrough(t).getReader(),o=[];for(let r=0;;){let{done:s,value:i}=await n.read();if(s)return new Uint8Array(await new Blob(o).arrayBuffer());if(r+=i.length,r>a)throw await n.cancel(),new RangeError("the program in this link is too large");o.push(i)}},ke=async e=>{let{language:t,files:a,stdin:n,args:o,limits:r,interactive:s}=e,i={l:t,f:a.map(({path:m,content:g})=>[m,g]),...n&&{i:n},...o&&{a:o},...Object.keys(r).length&&{m:r},...s&&{t:s}},l=await Te(new TextEncoder().encode(JSON.stringify(i)),new CompressionStream("deflate-raw"),1/0),c="";for(let m of l)c+=String.fromCharCode(m);return V+btoa(c).replaceAll("+","-").replaceAll("/","_").replace(/=+$/,"")},xe=e=>typeof e=="string",Le=async e=>{if(!e.startsWith(V))return;let t=atob(e.slice(V.length).replaceAll("-","+").replaceAll("_","/")),a=Uint8Array.from(t,u=>u.charCodeAt(0)),n=new TextDecoder("utf-8",{fatal:!0}).decode(await Te(a,new DecompressionStream("deflate-raw"),1048576)),{l:o,f:r,i:s="",a:i="",m:l={},t:c=!1}=JSON.parse(n),m=Array.isArray(r)?r.filter(u=>Array.isArray(u)&&u.length===2&&u.every(xe)):[];if(![o,s,i].every(xe)||!m.length||m.length!==r.length)throw new TypeError("this is no program");let g=Object.entries(l).filter(u=>Number.isSafeInteger(u[1]));return{language:o,files:m.map(([u,y])=>({path:u,content:y})),stdin:s,args:i,limits:Object.fromEntries(g),interactive:c===!0}};var st=2e3,Ae=20,re=["cpu_ms","wall_ms","memory_mb","output_kb"],d=e=>document.getElementById(e),O=d("language"),M=d("example"),j=d("run"),q=d("tabs"),_e=d("rename"),$e=d("remove"),at=d("status"),K=d("copy"),W=d("output"),B=d("asked"),J=d("line"),Q=d("files"),Z=d("usage"),S=d("interactive"),L=d("stdin"),D=d("args"),k=[],f=[],v=0,He=new Map,w="python",Ne=ye("Program",!1,!0);d("code").append(Ne.container);var _=le(Ne,w,()=>{f[v]&&(f[v].content=_.value,P())}),I=ge(W),Pe=e=>e==="java"?"Main.java":"main."+(k.find(t=>t.id===e)?.extensions[0]??({python:"py",javascript:"js"}[e]||e)),N=()=>({language:w,files:f.map(e=>({...e})),stdin:L.value,args:D.value,limits:Object.fromEntries(re.flatMap(e=>d(e).value?[[e,+d(e).value]]:[])),interactive:S.checked}),P=()=>{try{sessionStorage.setItem("program",JSON.stringify(N()))}catch{}},A=e=>{v=e;let{path:t,content:a}=f[e];q.replaceChildren(...f.map((r,s)=>b("button",{role:"tab",ariaSelected:`${s===e}`,tabIndex:s===e?0:-1,onclick:()=>A(s)},r.path)));let n=t.split(".").pop(),o=e===0||k.find(r=>r.id===w)?.extensions.includes(n);_.show(a,o?w:"text",t),$e.hidden=_e.hidden=e===0},U=e=>{w=e.language,[...O.options].some(({value:n})=>n===w)&&(O.value=w),{files:f}=e,L.value=e.stdin,D.value=e.args,S.checked=e.interactive,L.disabled=S.checked;let t=k.find(n=>n.id===w)?.limits??{};for(let n of re){let o=d(n);o.value=e.limits[n]?`${e.limits[n]}`:"",o.placeholder=t[n]?`${t[n]}`:""}let a=T.map((n,o)=>({...n,n:o})).filter(n=>n.language===w);M.replaceChildren(b("option",{value:""},"Examples"),...a.map(({title:n,n:o})=>b("option",{value:`${o}`},n))),A(0),P()},se=e=>({language:T[e].language,files:[{path:Pe(T[e].language),content:T[e].source}],stdin:T[e].stdin,args:"",limits:{},interactive:!1}),it=e=>{He.set(w,N());let t=T.findIndex(a=>a.language===e);U(He.get(e)??(t>=0?se(t):{language:e,files:[{path:Pe(e),content:""}],stdin:"",args:"",limits:{},interactive:!1}))};O.onchange=()=>it(O.value);M.onchange=()=>{let{value:e}=M;e&&(U(se(+e)),M.value=e)};q.onkeydown=({key:e})=>{let t={ArrowRight:1,ArrowLeft:-1}[e];t&&(A((v+t+f.length)%f.length),q.children[v].focus())};for(let e of[L,D,S,...re.map(d)])e.addEventListener("input",P);S.addEventListener("change",()=>L.disabled=S.checked);var Re=(e,t)=>{let a=d("naming"),n=d("name"),o=d("naming-problem");n.value=e,o.textContent="",a.querySelector("form").onsubmit=r=>{if(r.submitter.value!=="ok")return;let s=n.value.trim();s!==e&&f.some(i=>i.path===s)?(r.preventDefault(),o.textContent="There is a file of this name already."):s.split("/").some(i=>!i||i==="..")?(r.preventDefault(),o.textContent="A name is one or more parts with “/” between them."):t(s)},a.showModal(),n.select()};d("add").onclick=()=>{if(f.length>=Ae)return E("bad",`At most ${Ae} files.`);Re("",e=>{f.push({path:e,content:""}),A(f.length-1),P()})};_e.onclick=()=>Re(f[v].path,e=>{f[v].path=e,A(v),P()});$e.onclick=()=>{f.splice(v,1),A(v-1),P(),q.children[v].focus()};var $,ae,E=(e,...t)=>{document.body.className=e,at.replaceChildren(...t)},ee=e=>W.append(b("span",{className:"note"},e)),te=()=>{I.flush(),$=void 0,j.textContent="Run",B.contains(document.activeElement)&&j.focus(),B.hidden=!0,K.hidden=!W.hasChildNodes()},Ce=e=>{Q.hidden=!e.length;for(let t of Q.querySelectorAll("a"))URL.revokeObjectURL(t.href);Q.replaceChildren(...e.map(({path:t,content:a,encoding:n})=>{let o=n==="base64"?Uint8Array.from(atob(a),s=>s.charCodeAt(0)):a,r=URL.createObjectURL(new Blob([o]));return b("li",{},b("a",{href:r,download:t.split("/").pop()},t))}))},Ie=()=>{if($)return;let{signal:e}=$=new AbortController,t=f[0],{limits:a}=N(),n;try{n={language:w,files:f.map(s=>({...s})),...!S.checked&&L.value&&{stdin:L.value},...D.value.trim()&&{args:Se(D.value)},...Object.keys(a).length&&{limits:a},collect_files:!0}}catch{return $=void 0,E("bad","The arguments are no JSON list.")}I.clear(),_.mark([]),Ce([]),Z.hidden=!0,j.textContent="Stop",E("running","Running…");let o={output:(s,i)=>I.write(s,i),finished(s){te();let i=we(s),l=[ve(s)],c=i?[]:Ee(I.text("stderr"),t.path);c[0]&&(v&&A(0),_.mark(c),l.push(" · ",b("button",{onclick:()=>_.goTo(c[0])},`line ${c[0]}`))),W.hasChildNodes()||ee("No output."),s.truncated&&ee("The rest of the output was cut off.");let{cpu_us:m,memory_bytes_peak:g,output_bytes:u}=s.usage;Z.textContent=`CPU ${z(m)} · memory ${(g/(1<<20)).toFixed(1)} MB · output ${u} bytes · ${s.language} ${s.version}`,Z.hidden=!1,Ce(s.files??[]),E(i?"good":"bad",...l)},failed({message:s,suggestion:i}){te(),ee(i?`${s} ${i}`:s),E("bad","Not run")}};e.addEventListener("abort",()=>{te(),E("","Stopped")});let r={server:location.origin};S.checked?(ae=me(r,n,e,o).input,B.hidden=!1,J.focus()):ue(r,n,e,o)};j.onclick=()=>$?$.abort():Ie();B.onsubmit=e=>{e.preventDefault(),I.write("input",J.value+`
`),ae.send(J.value+`
`),J.value=""};d("no-more").onclick=()=>{ae.end(),B.hidden=!0,j.focus()};addEventListener("keydown",e=>{e.key!=="Enter"||!(e.ctrlKey||e.metaKey)||document.querySelector("dialog[open]")||(e.preventDefault(),e.stopImmediatePropagation(),Ie())},!0);var lt=async(e,t)=>{let a=e.textContent;e.textContent=await navigator.clipboard.writeText(t).then(()=>"Copied",()=>"Not allowed"),setTimeout(()=>e.textContent=a,st)};K.onclick=()=>{K.textContent==="Copy"&&lt(K,W.textContent)};var Oe=(e,t)=>{d("sharing-title").textContent=e;let a=d("shared");a.value=t,d("shared-said").textContent="",d("sharing").showModal(),a.select()};d("shared-copy").onclick=async()=>{let e=d("shared");d("shared-said").textContent=await navigator.clipboard.writeText(e.value).then(()=>"Copied.",()=>"Your browser does not allow it; copy the marked text yourself."),e.select()};d("share").onclick=async()=>{let e=await ke(N());if(e.length>32e3)return E("bad","This program is too long for a link.");history.replaceState(null,"",e),Oe("This link holds the whole program",location.href)};var Me=e=>e.replaceAll("&","&amp;").replaceAll("<","&lt;").replaceAll('"',"&quot;");d("embed").onclick=()=>{let{origin:e}=location,{files:t,stdin:a,args:n,limits:o,interactive:r}=N(),s=[["language",w],["stdin",a],["args",n],["limits",Object.entries(o).map(([i,l])=>`${i}=${l}`).join(" ")],["files",t[1]?JSON.stringify(Object.fromEntries(t.slice(1).map(({path:i,content:l})=>[i,l]))):""]].filter(([,i])=>i).map(([i,l])=>` ${i}="${Me(l)}"`).join("");Oe("Put this into your page",`<link rel="stylesheet" href="${e}/embed.css">
<script type="module" src="${e}/embed.js"><\/script>
<code-runner${s}${r?" interactive":""}><pre><code>${Me(t[0].content.trimEnd())}</code></pre></code-runner>
`)};var ie={auto:"as the system",light:"light",dark:"dark"},oe=d("theme"),je=e=>{document.documentElement.dataset.theme=e,oe.title=oe.ariaLabel=`Colours: ${ie[e]}`},ne=(()=>{try{return localStorage.getItem("theme")}catch{return null}})();je(ne&&ne in ie?ne:"auto");oe.onclick=()=>{let e=Object.keys(ie),t=e[(e.indexOf(document.documentElement.dataset.theme)+1)%e.length];je(t);try{localStorage.setItem("theme",t)}catch{}};var Be=async()=>{try{let e=await Le(location.hash);return e&&U(e),!!e}catch{return E("bad","The link is damaged: it holds no program."),!1}},ct=async()=>{let e=(()=>{try{return JSON.parse(sessionStorage.getItem("program")??"null")}catch{return null}})();await Be()||U(e?.files?.[0]?e:se(0)),_.enrich();try{let n=await fetch("/v1/languages",{credentials:"omit"});if(!n.ok)throw new Error(`status ${n.status}`);k=await n.json()}catch{k=[],E("bad","The server's languages could not be loaded; programs may not run.")}let t=k.length?k:["javascript","python"].map(n=>({id:n,name:n,version:"",available:!0}));t.sort((n,o)=>+o.available-+n.available||n.name.localeCompare(o.name)),O.replaceChildren(...t.map(({id:n,name:o,version:r,available:s,why:i})=>b("option",{value:n,disabled:!s,title:i??""},s?`${o} ${/^\d/.test(r)?r:""}`.trim():`${o} (not available)`)));let{value:a}=M;U(N()),M.value=a};addEventListener("hashchange",Be);ct();
