const start = performance.now();
setTimeout(() => console.log(performance.now() - start >= 299), 300);
