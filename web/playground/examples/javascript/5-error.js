// An error, and where it comes from
function first(list) {
  return list[0].name;
}

console.log(first([{ name: "Ada" }]));
console.log(first([]));
