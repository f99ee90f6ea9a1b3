// Sorting: the built-in one with comparisons, and a merge sort in the language itself.
function mergeSort(values) {
  if (values.length < 2) return values;
  const middle = values.length >> 1;
  const [left, right] = [mergeSort(values.slice(0, middle)), mergeSort(values.slice(middle))];
  const merged = [];
  let i = 0, j = 0;
  while (i < left.length && j < right.length) merged.push(left[i] <= right[j] ? left[i++] : right[j++]);
  while (i < left.length) merged.push(left[i++]);
  while (j < right.length) merged.push(right[j++]);
  return merged;
}
let state = 7;
const values = Array.from({ length: 40000 }, () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) >> 4);
const byComparison = [...values].sort((a, b) => a - b);
const byRest = [...values].sort((a, b) => (a % 100) - (b % 100) || b - a);
console.log(byRest[0], byRest.at(-1), mergeSort(values).every((value, n) => value === byComparison[n]));
