var a=/\/\/.*|\/\*[^]*?(?:\*\/|$)/g,t=/(["'])(?:\\[^]|(?!\1)[^\\\n])*\1/g;var e=/[()[\]{}.,:;]/,n=/\b(?:false|true)\b/,r={punctuation:/\./};export{a,t as b,e as c,n as d,r as e};
