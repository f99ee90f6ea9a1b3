console.log(String(2n ** 100n));
console.log(0.1 + 0.2);
console.log("inf", "nan");
