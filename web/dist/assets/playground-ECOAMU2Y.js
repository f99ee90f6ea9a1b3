var L=[{language:"python",title:"Hello",source:`# Hello
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
`,stdin:""},{language:"ruby",title:"Hello",source:`# Hello
name = ARGV.first || "world"
puts "Hello, #{name}!"
`,stdin:""},{language:"ruby",title:"Counting words",source:`# Counting words
text = <<~TEXT
  the quick brown fox jumps over the lazy dog
  the dog sleeps
TEXT

text.split.tally.sort_by { |word, count| [-count, word] }.first(3).each do |word, count|
  puts "#{word.ljust(6)}#{"*" * count}"
end
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
`,stdin:""}];var ze="Tab indents once you have typed; Escape, then Tab leaves. Control and Enter runs.",le=(e,t,a=()=>{})=>{let{container:n,field:o,wrapper:r}=e,{readOnly:s}=o,i=n.matches(".show-line-numbers"),l=n.parentElement,c,m,p=!1,u=!1,y=()=>c?.textarea??o,M=()=>c?.lines??r.children,E=h=>{for(let g of M())g.classList.remove("wrong");for(let g of h)g&&M()[g]?.classList.add("wrong")},S=()=>{E([]),a()},I=()=>m??=(async()=>{try{let{editor:h}=await import("./editor-3NNL5UPH.js"),g=await h(t,{readOnly:s,lineNumbers:i});for(;u;)await new Promise(G=>o.addEventListener("compositionend",G,{once:!0}));let{selectionStart:k,selectionEnd:Be,selectionDirection:We,ariaLabel:Ue,ariaDescription:Xe}=o,qe=[...r.children].flatMap((G,Ge)=>G.matches(".wrong")?Ge:[]),{scrollLeft:Fe,scrollTop:Ke}=n,Je=o.matches(":focus");g.show(o.value,t),Object.assign(g.textarea,{ariaLabel:Ue,ariaDescription:Xe}),g.textarea.setSelectionRange(k,Be,We),n.replaceWith(g.container),g.container.scrollTo(Fe,Ke),Je&&g.textarea.focus({preventScroll:!0}),c=g,E(qe),g.onChange(S)}catch{}})();return o.addEventListener("input",S),o.addEventListener("compositionstart",()=>u=!0),o.addEventListener("compositionend",()=>u=!1),s||(o.ariaDescription=ze,o.addEventListener("focus",I),o.matches(":focus")&&I()),l.addEventListener("input",()=>p=!0),l.addEventListener("focusout",()=>p=!1),l.addEventListener("keydown",h=>{h.key==="Tab"&&!p&&h.stopImmediatePropagation()},!0),{get value(){return c?.value??o.value},show(h,g,k){t=g,k&&(y().ariaLabel=k),c?.show(h,t),e.show(h,t)},mark:E,goTo(h){let g=this.value.split(`
`),k=g.slice(0,h-1).join(`
`).length+(h>1?1:0);y().focus(),y().setSelectionRange(k,k+(g[h-1]?.length??0))},enrich:I}};var q={message:"The connection was lost before the program ended.",suggestion:"Run it again."},ce=e=>({message:`${e} cannot be reached.`,suggestion:"Check your connection, then run it again."}),de=(e,t,a)=>{if(e==="stdout"||e==="stderr")a.output(e,t.text??"");else{if(e==="finished")return a.finished(t),!0;if(e==="error")return a.failed(t.error??q),!0}return!1},ue=async(e,t,a,n)=>{let o=new AbortController,r=0,s=()=>{clearTimeout(r),r=setTimeout(()=>o.abort(),6e4)};a.addEventListener("abort",()=>o.abort()),s();let i=!1;try{let l=await fetch(e.server+"/v1/execute",{method:"POST",credentials:"omit",headers:{"Content-Type":"application/json",...e.key&&{"X-API-Key":e.key}},body:JSON.stringify(t),signal:o.signal});if(i=!0,!l.ok||!l.body){let{error:m}=await l.json().catch(()=>({}));return n.failed(m??{message:`${e.server} answered with status ${l.status}.`})}let c=l.body.pipeThrough(new TextDecoderStream).getReader();for(let m="";;){let{done:p,value:u}=await c.read();if(p||m.length>8388608)break;s();let y=(m+u).split(/\r?\n\r?\n/);m=y.pop();for(let M of y){let E="",S="";for(let I of M.split(/\r?\n/)){let[,h,g]=/^(\w+): ?(.*)/.exec(I)??[];h==="event"?E=g:h==="data"&&(S+=g)}if(S&&de(E,JSON.parse(S),n))return}}n.failed(q)}catch{a.aborted||n.failed(i?q:ce(e.server))}finally{clearTimeout(r),o.abort()}},me=(e,t,a,n)=>{let o=new URL("/v1/ws",e.server);o.protocol=o.protocol.replace("http","ws"),e.key&&o.searchParams.set("key",e.key);let r=new WebSocket(o),s=l=>{r.readyState===WebSocket.OPEN&&r.send(JSON.stringify(l))},i=new Promise(l=>{let c=!1,m=!1,p=u=>{!c&&u&&!a.aborted&&n.failed(u),c=!0,r.close(),l()};a.addEventListener("abort",()=>{s({type:"cancel"}),p()}),r.onopen=()=>{m=!0,s({type:"run",...t,stdin_open:!0})},r.onmessage=({data:u})=>{let y=JSON.parse(u);c||!de(y.type,y,n)||(c=!0,p())},r.onclose=()=>p(m?q:ce(e.server))});return{input:{send:l=>s({type:"stdin",text:l}),end:()=>s({type:"stdin_close"})},done:i}};var b=(e,t={},...a)=>{let n=document.createElement(e);for(let[o,r]of Object.entries(t))o.includes("-")||o==="part"?n.setAttribute(o,String(r)):n[o]=r;return n.append(...a),n};var pe=2e5,Y=4096,Ve=1e3,Qe=500,ge=(e,t=()=>{})=>{let a={},n=[],o=0,r=0,s=()=>{if(cancelAnimationFrame(r),r=0,!n.length)return;let i=e.scrollTop+e.clientHeight>e.scrollHeight-24;for(let[l,c]of n){let m=e.lastElementChild;if(o+=c.length,m?.className===l&&m.textContent.length+c.length<Y)m.append(c);else{let p=document.createDocumentFragment();for(let u=0;u<c.length;u+=Y)p.append(b("span",{className:l},c.slice(u,u+Y)));e.append(p)}}for(n=[],o>Qe&&(e.ariaLive="off");o>pe&&e.childElementCount>1;)o-=e.firstElementChild.textContent.length,e.firstElementChild.remove(),e.dataset.cut="";i&&(e.scrollTop=e.scrollHeight),t()};return{flush:s,write(i,l){l=l.replace(/\x1b\[[\d;?]*[A-Za-z]/g,""),a[i]=((a[i]??"")+l).slice(-pe);let c=n.at(-1);c?.[0]===i?c[1]+=l:n.push([i,l]),n.length>Ve&&s(),r||=requestAnimationFrame(s)},clear(){a={},n=[],o=0,e.replaceChildren(),e.ariaLive="polite",delete e.dataset.cut},text:i=>a[i]??""}};var Ze="and as async await bool break case catch char class const continue def default del do done double elif else enum except export extends false False fi final finally float fn for from func function go if impl import in int interface is lambda let local loop match mod mut new nil None nonlocal not null or package pass private protected pub public raise readonly repeat return self static string struct super switch this throw throws trait True true try type typeof undefined unsafe use var void while with yield",et=" by create delete distinct end group insert join on order select set table then update values when where",tt=" begin elsif end require then unless";var nt="--\\[\\[[^]*?\\]\\]|--.*|/\\*[^]*?\\*/",ot="//.*|/\\*[^]*?\\*/",rt=`"""[^]*?"""|'''[^]*?'''|"(?:\\\\[^]|[^"\\\\\\n])*"`,fe="|'(?:\\\\[^]|[^'\\\\\\n])*'",he="|`[^`]*`",st="|'(?:\\\\[^'\\n]+|[^'\\\\\\n])'",be=(e,t)=>{let a=/^(py|ba|sh|ru?b|cpython)/.test(t),n=/^sql/.test(t),o=n||/^lua/.test(t),r=Ze+(n?et:/^(lua|ru?b)/.test(t)?tt:""),s=a||o?fe:/^(j|t|node|ecma|quick)/.test(t)&&t!=="java"?fe+he:st+he,i=RegExp(`(${a?"#.*":o?nt:ot})|(${rt}${s})|(\\b\\d[\\w.]*)|\\b(${r.replaceAll(" ","|")})\\b`,n?"gi":"g"),l=[],c=(p,u)=>p.split(`
`).forEach((y,M)=>{if(M||!l.length){let S=document.createElement("div");S.className="pce-line",S.ariaHidden="true",l.push(S)}if(!y)return;let E=u?document.createElement("span"):new Text;E.textContent=y,u&&(E.className="token "+u),l.at(-1).append(E)}),m=0;c("");for(let p of e.matchAll(i)){c(e.slice(m,p.index));let u=p.slice(1).findIndex(Boolean);c(p[0],["comment","string","number","keyword"][u]),m=p.index+p[0].length}c(e.slice(m));for(let p of l)p.append(`
`);return l};var ye=(e,t,a)=>{let n="",o=b("textarea",{className:"pce-textarea",spellcheck:!1,autocapitalize:"off",autocomplete:"off",readOnly:t,ariaLabel:e}),r=b("div",{className:"pce-wrapper"},b("div",{className:"pce-overlays"},o)),s=b("div",{className:"prism-code-editor pce-nowrap"+(a?" show-line-numbers":"")},r),i=()=>{let l=be(o.value,n);for(;r.children[1];)r.lastChild.remove();r.append(...l),s.style.setProperty("--number-width",(l.length+"").length+".001ch")};return o.oninput=i,{container:s,wrapper:r,field:o,draw:i,show(l,c){n=c,o.value=l,i()}}};var at={cpu_time:"CPU time",wall_time:"time",memory:"memory",output:"output",disk:"disk",files:"number of files",stack:"call depth",processes:"number of processes"},z=e=>{let t=e/1e3;return t<1e3?`${t<10?t.toFixed(1):Math.round(t)} ms`:`${(t/1e3).toFixed(1)} s`},we=e=>e.termination.kind==="exited"&&e.termination.code===0,ve=e=>{let{termination:t,stage:a}=e;return`${t.kind==="limit_exceeded"?`Stopped: ${at[t.resource]??t.resource} limit reached`:a==="compile"?"Did not compile":t.kind==="crashed"?`Crashed: ${t.reason}`:`Exit ${t.code}`} · ${z(e.usage.wall_us)}${e.cached?" · cached":""}`},Ee=(e,t)=>{let a=t.replace(/\W/g,"\\$&"),n=[],o;for(let r of e.split(`
`)){let[,s,i]=RegExp(`(?:(?:^|[\\s/(<"'])${a}|^\\w+ error )("?, line |: line |:|near line )(\\d+)`).exec(r)??[];i&&(s.startsWith('"')?o=+i:(/\berror\b/i.test(r)||!n.length&&!/\b(warning|note)\b/i.test(r))&&n.push(+i))}return o?[o]:[...new Set(n)]};var Se=e=>e.trimStart().startsWith("[")?JSON.parse(e):[...e.matchAll(/"([^"]*)"|(\S+)/g)].map(([,t,a])=>t??a);var V="#v1=";var Te=async(e,t,a)=>{let n=new Blob([e]).stream().pipeThrough(t).getReader(),o=[];for(let r=0;;){let{done:s,value:i}=await n.read();if(s)return new Uint8Array(await new Blob(o).arrayBuffer());if(r+=i.length,r>a)throw await n.cancel(),new RangeError("the program in this link is too large");o.push(i)}},ke=async e=>{let{language:t,files:a,stdin:n,args:o,limits:r,interactive:s}=e,i={l:t,f:a.map(({path:m,content:p})=>[m,p]),...n&&{i:n},...o&&{a:o},...Object.keys(r).length&&{m:r},...s&&{t:s}},l=await Te(new TextEncoder().encode(JSON.stringify(i)),new CompressionStream("deflate-raw"),1/0),c="";for(let m of l)c+=String.fromCharCode(m);return V+btoa(c).replaceAll("+","-").replaceAll("/","_").replace(/=+$/,"")},xe=e=>typeof e=="string",Le=async e=>{if(!e.startsWith(V))return;let t=atob(e.slice(V.length).replaceAll("-","+").replaceAll("_","/")),a=Uint8Array.from(t,u=>u.charCodeAt(0)),n=new TextDecoder("utf-8",{fatal:!0}).decode(await Te(a,new DecompressionStream("deflate-raw"),1048576)),{l:o,f:r,i:s="",a:i="",m:l={},t:c=!1}=JSON.parse(n),m=Array.isArray(r)?r.filter(u=>Array.isArray(u)&&u.length===2&&u.every(xe)):[];if(![o,s,i].every(xe)||!m.length||m.length!==r.length)throw new TypeError("this is no program");let p=Object.entries(l).filter(u=>Number.isSafeInteger(u[1]));return{language:o,files:m.map(([u,y])=>({path:u,content:y})),stdin:s,args:i,limits:Object.fromEntries(p),interactive:c===!0}};var lt=2e3,He=20,re=["cpu_ms","wall_ms","memory_mb","output_kb"],d=e=>document.getElementById(e),O=d("language"),_=d("example"),D=d("run"),J=d("tabs"),_e=d("rename"),Re=d("remove"),ct=d("status"),F=d("copy"),X=d("output"),B=d("asked"),K=d("line"),Q=d("files"),Z=d("usage"),T=d("interactive"),A=d("stdin"),W=d("args"),H=[],f=[],v=0,Ae=new Map,w="python",$e=ye("Program",!1,!0);d("code").append($e.container);var R=le($e,w,()=>{f[v]&&(f[v].content=R.value,P())}),j=ge(X),Ne=e=>e==="java"?"Main.java":"main."+(H.find(t=>t.id===e)?.extensions[0]??({python:"py",javascript:"js"}[e]||e)),N=()=>({language:w,files:f.map(e=>({...e})),stdin:A.value,args:W.value,limits:Object.fromEntries(re.flatMap(e=>d(e).value?[[e,+d(e).value]]:[])),interactive:T.checked}),P=()=>{try{sessionStorage.setItem("program",JSON.stringify(N()))}catch{}},C=e=>{v=e;let{path:t,content:a}=f[e];J.replaceChildren(...f.map((r,s)=>b("button",{role:"tab",ariaSelected:`${s===e}`,tabIndex:s===e?0:-1,onclick:()=>C(s)},r.path)));let n=t.split(".").pop(),o=e===0||H.find(r=>r.id===w)?.extensions.includes(n);R.show(a,o?w:"text",t),Re.hidden=_e.hidden=e===0},U=e=>{w=e.language,[...O.options].some(({value:n})=>n===w)&&(O.value=w),{files:f}=e,A.value=e.stdin,W.value=e.args,T.checked=e.interactive,A.disabled=T.checked;let t=H.find(n=>n.id===w)?.limits??{};for(let n of re){let o=d(n);o.value=e.limits[n]?`${e.limits[n]}`:"",o.placeholder=t[n]?`${t[n]}`:""}let a=L.map((n,o)=>({...n,n:o})).filter(n=>n.language===w);_.replaceChildren(b("option",{value:""},"Examples"),...a.map(({title:n,n:o})=>b("option",{value:`${o}`},n))),C(0),P()},se=e=>({language:L[e].language,files:[{path:Ne(L[e].language),content:L[e].source}],stdin:L[e].stdin,args:"",limits:{},interactive:!1}),dt=e=>{Ae.set(w,N());let t=L.findIndex(a=>a.language===e);U(Ae.get(e)??(t>=0?se(t):{language:e,files:[{path:Ne(e),content:""}],stdin:"",args:"",limits:{},interactive:!1}))};O.onchange=()=>dt(O.value);_.onchange=()=>{let{value:e}=_;e&&(U(se(+e)),_.value=e)};J.onkeydown=({key:e})=>{let t={ArrowRight:1,ArrowLeft:-1}[e];t&&(C((v+t+f.length)%f.length),J.children[v].focus())};for(let e of[A,W,T,...re.map(d)])e.addEventListener("input",P);T.addEventListener("change",()=>A.disabled=T.checked);var Pe=(e,t)=>{let a=d("naming"),n=d("name"),o=d("naming-problem");n.value=e,o.textContent="",a.querySelector("form").onsubmit=r=>{if(r.submitter.value!=="ok")return;let s=n.value.trim();s!==e&&f.some(i=>i.path===s)?(r.preventDefault(),o.textContent="There is a file of this name already."):s.split("/").some(i=>!i||i==="..")?(r.preventDefault(),o.textContent="A name is one or more parts with “/” between them."):t(s)},a.showModal(),n.select()};d("add").onclick=()=>{if(f.length>=He)return x("bad",`At most ${He} files.`);Pe("",e=>{f.push({path:e,content:""}),C(f.length-1),P()})};_e.onclick=()=>Pe(f[v].path,e=>{f[v].path=e,C(v),P()});Re.onclick=()=>{f.splice(v,1),C(v-1),P(),J.children[v].focus()};var $,ae,x=(e,...t)=>{document.body.className=e,ct.replaceChildren(...t)},ee=e=>X.append(b("span",{className:"note"},e)),te=()=>{j.flush(),$=void 0,D.textContent="Run",B.contains(document.activeElement)&&D.focus(),B.hidden=!0,F.hidden=!X.hasChildNodes()},Ce=e=>{Q.hidden=!e.length;for(let t of Q.querySelectorAll("a"))URL.revokeObjectURL(t.href);Q.replaceChildren(...e.map(({path:t,content:a,encoding:n})=>{let o=n==="base64"?Uint8Array.from(atob(a),s=>s.charCodeAt(0)):a,r=URL.createObjectURL(new Blob([o]));return b("li",{},b("a",{href:r,download:t.split("/").pop()},t))}))},Ie=()=>{if($)return;let{signal:e}=$=new AbortController,t=f[0],{limits:a}=N(),n;try{n={language:w,files:f.map(s=>({...s})),...!T.checked&&A.value&&{stdin:A.value},...W.value.trim()&&{args:Se(W.value)},...Object.keys(a).length&&{limits:a},collect_files:!0}}catch{return $=void 0,x("bad","The arguments are no JSON list.")}j.clear(),R.mark([]),Ce([]),Z.hidden=!0,D.textContent="Stop",x("running","Running…");let o={output:(s,i)=>j.write(s,i),finished(s){te();let i=we(s),l=[ve(s)],c=i?[]:Ee(j.text("stderr"),t.path);c[0]&&(v&&C(0),R.mark(c),l.push(" · ",b("button",{onclick:()=>R.goTo(c[0])},`line ${c[0]}`))),X.hasChildNodes()||ee("No output."),s.truncated&&ee("The rest of the output was cut off.");let{cpu_us:m,memory_bytes_peak:p,output_bytes:u}=s.usage;Z.textContent=`CPU ${z(m)} · memory ${(p/(1<<20)).toFixed(1)} MB · output ${u} bytes · ${s.language} ${s.version}`,Z.hidden=!1,Ce(s.files??[]),x(i?"good":"bad",...l)},failed({message:s,suggestion:i}){te(),ee(i?`${s} ${i}`:s),x("bad","Not run")}};e.addEventListener("abort",()=>{te(),x("","Stopped")});let r={server:location.origin};T.checked?(ae=me(r,n,e,o).input,B.hidden=!1,K.focus()):ue(r,n,e,o)};D.onclick=()=>$?$.abort():Ie();B.onsubmit=e=>{e.preventDefault(),j.write("input",K.value+`
`),ae.send(K.value+`
`),K.value=""};d("no-more").onclick=()=>{ae.end(),B.hidden=!0,D.focus()};addEventListener("keydown",e=>{e.key!=="Enter"||!(e.ctrlKey||e.metaKey)||document.querySelector("dialog[open]")||(e.preventDefault(),e.stopImmediatePropagation(),Ie())},!0);var ut=async(e,t)=>{let a=e.textContent;e.textContent=await navigator.clipboard.writeText(t).then(()=>"Copied",()=>"Not allowed"),setTimeout(()=>e.textContent=a,lt)};F.onclick=()=>{F.textContent==="Copy"&&ut(F,X.textContent)};var je=(e,t)=>{d("sharing-title").textContent=e;let a=d("shared");a.value=t,d("shared-said").textContent="",d("sharing").showModal(),a.select()};d("shared-copy").onclick=async()=>{let e=d("shared");d("shared-said").textContent=await navigator.clipboard.writeText(e.value).then(()=>"Copied.",()=>"Your browser does not allow it; copy the marked text yourself."),e.select()};d("share").onclick=async()=>{let e=await ke(N());if(e.length>32e3)return x("bad","This program is too long for a link.");history.replaceState(null,"",e),je("This link holds the whole program",location.href)};var Me=e=>e.replaceAll("&","&amp;").replaceAll("<","&lt;").replaceAll('"',"&quot;");d("embed").onclick=()=>{let{origin:e}=location,{files:t,stdin:a,args:n,limits:o,interactive:r}=N(),s=[["language",w],["stdin",a],["args",n],["limits",Object.entries(o).map(([i,l])=>`${i}=${l}`).join(" ")],["files",t[1]?JSON.stringify(Object.fromEntries(t.slice(1).map(({path:i,content:l})=>[i,l]))):""]].filter(([,i])=>i).map(([i,l])=>` ${i}="${Me(l)}"`).join("");je("Put this into your page",`<link rel="stylesheet" href="${e}/embed.css">
<script type="module" src="${e}/embed.js"><\/script>
<code-runner${s}${r?" interactive":""}><pre><code>${Me(t[0].content.trimEnd())}</code></pre></code-runner>
`)};var ie={auto:"as the system",light:"light",dark:"dark"},oe=d("theme"),Oe=e=>{document.documentElement.dataset.theme=e,oe.title=oe.ariaLabel=`Colours: ${ie[e]}`},ne=(()=>{try{return localStorage.getItem("theme")}catch{return null}})();Oe(ne&&ne in ie?ne:"auto");oe.onclick=()=>{let e=Object.keys(ie),t=e[(e.indexOf(document.documentElement.dataset.theme)+1)%e.length];Oe(t);try{localStorage.setItem("theme",t)}catch{}};var De=async()=>{try{let e=await Le(location.hash);return e&&U(e),!!e}catch{return x("bad","The link is damaged: it holds no program."),!1}},mt=async()=>{let e=(()=>{try{return JSON.parse(sessionStorage.getItem("program")??"null")}catch{return null}})();await De()||U(e?.files?.[0]?e:se(0)),R.enrich();try{let n=await fetch("/v1/languages",{credentials:"omit"});if(!n.ok)throw new Error(`status ${n.status}`);H=await n.json()}catch{H=[],x("bad","The server's languages could not be loaded; programs may not run.")}let t=H.length?H:["javascript","python"].map(n=>({id:n,name:n,version:"",available:!0}));t.sort((n,o)=>+o.available-+n.available||n.name.localeCompare(o.name)),O.replaceChildren(...t.map(({id:n,name:o,version:r,available:s,why:i})=>b("option",{value:n,disabled:!s,title:i??""},s?`${o} ${/^\d/.test(r)?r:""}`.trim():`${o} (not available)`)));let{value:a}=_;U(N()),_.value=a};addEventListener("hashchange",De);mt();
