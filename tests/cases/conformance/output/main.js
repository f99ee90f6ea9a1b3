console.log(1, "two");
console.error("careful");
console.log(3.5);
