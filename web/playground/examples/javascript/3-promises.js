// Promises in order of time
const after = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));

for (const [ms, name] of [[30, "third"], [10, "first"], [20, "second"]]) {
  after(ms, name).then((value) => console.log(value));
}
