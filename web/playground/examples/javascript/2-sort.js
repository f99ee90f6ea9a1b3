// Group and sort
const people = [
  { name: "Ada", born: 1815 },
  { name: "Grace", born: 1906 },
  { name: "Alan", born: 1912 },
  { name: "Barbara", born: 1939 },
];
const byCentury = Object.groupBy(people, ({ born }) => `${Math.ceil(born / 100)}th century`);
for (const [century, group] of Object.entries(byCentury)) {
  console.log(century, group.map(({ name }) => name).sort().join(", "));
}
