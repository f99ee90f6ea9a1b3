// Strings built, split and counted in maps; integers of thousands of digits.
const syllables = ["ka", "to", "mi", "re", "su", "na", "lo", "pe", "vi", "du"];
let state = 42;
const made = [];
for (let n = 0; n < 60000; n++) {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  made.push(syllables[state % 10] + syllables[Math.floor(state / 10) % 10] + syllables[Math.floor(state / 100) % 10]);
}
const counts = new Map();
for (const word of made.join(" ").split(" ")) counts.set(word, (counts.get(word) ?? 0) + 1);
const largest = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, 3);
let text = "";
for (const word of made) text += `${[...word].reverse().join("").toUpperCase().replaceAll("K", "c")}-`;
console.log(counts.size, largest.map(([word, count]) => `${word}=${String(count).padStart(4)}`).join(), text.length, text.slice(0, 12));
const power = 3n ** 20000n;
console.log(String(power).length, String(power % 1000000007n));
