// Regular expressions over text that it makes itself: searching, splitting, substituting, backtracking.
const words = ["alpha", "beta", "gamma", "delta", "user@example.org", "192.168.0.17", "2024-05-17", "foo_bar", "x".repeat(20), "0x1F"];
const text = Array.from({ length: 30000 }, (_, n) => words[(n * n + 3 * n) % words.length] + (n % 7 === 0 ? "," : "")).join(" ");
const patterns = [
  /\b[\w.]+@[\w.]+\.\w+\b/g,
  /\b(?:\d{1,3}\.){3}\d{1,3}\b/g,
  /(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)/g,
  /\b0x[0-9A-Fa-f]+\b/g,
  /(?:alpha|beta|gamma)\s+(\w+)/g,
];
const counts = [];
for (const pattern of patterns) {
  counts.push([...text.matchAll(pattern)].reduce((sum, [match]) => sum + match.length, 0), text.replace(pattern, "#").length);
}
counts.push(text.split(/[\s,]+/).length);
let unmatched = 0;
for (let n = 0; n < 16; n++) unmatched += /^(x+x+)+y/.test("x".repeat(n)) ? 0 : 1;
console.log(...counts, unmatched);
