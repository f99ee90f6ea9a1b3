// JSON written and read: a large document and many small ones.
const record = {
  id: 1234567, name: "Ada Lovelace", mail: "ada@example.org", scores: [1, 2.5, -3e10, null, true],
  address: { street: '12 Long Road\nFlat "B"', city: "Zürich", tags: ["a", "b", "日本"] },
};
let total = 0;
for (let n = 0; n < 6000; n++) {
  record.id = n;
  const text = JSON.stringify(record);
  total += text.length + JSON.parse(text).id;
}
let document = Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`key ${n}`, { ...record, id: n }]));
let text = "";
for (let n = 0; n < 5; n++) {
  text = JSON.stringify(document, null, 2);
  document = JSON.parse(text);
}
console.log(total, text.length, document["key 1999"].address.city);
