// Classes, inheritance, closures, maps and sets: an evaluator of expression trees and a work queue.
class Node {
  constructor(depth) {
    this.depth = depth;
  }
}
class Leaf extends Node {
  constructor(depth, value) {
    super(depth);
    this.value = value;
  }
  evaluate(names) {
    return names.get(this.value % 7) + this.value;
  }
}
class Pair extends Node {
  #left;
  #right;
  constructor(depth, left, right, combine) {
    super(depth);
    this.#left = left;
    this.#right = right;
    this.combine = combine;
  }
  evaluate(names) {
    return this.combine(this.#left.evaluate(names), this.#right.evaluate(names)) % 1000003;
  }
}
const combinations = [(a, b) => a + b, (a, b) => a * 3 + b, (a, b) => Math.abs(a - b)];
let next = 0;
const build = (depth) => (depth === 0 ? new Leaf(0, next++) : new Pair(depth, build(depth - 1), build(depth - 1), combinations[depth % 3]));
const tree = build(13);
const names = new Map(Array.from({ length: 7 }, (_, n) => [n, n * n]));
let sum = 0;
for (let n = 0; n < 10; n++) sum += tree.evaluate(names);
const seen = new Set();
const queue = [1];
while (queue.length && seen.size < 30000) {
  const { value } = { value: queue.shift() };
  if (seen.has(value)) continue;
  seen.add(value);
  queue.push((value * 2) % 100003, (value * 3 + 1) % 100003);
}
console.log(sum, seen.size, [...seen].at(-1));
