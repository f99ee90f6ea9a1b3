// Queens by backtracking: arrays, recursion, bit operations.
function queens(n, columns, left, right) {
  const all = (1 << n) - 1;
  if (columns === all) return 1;
  let solutions = 0;
  for (let free = all & ~(columns | left | right); free; free &= free - 1) {
    const bit = free & -free;
    solutions += queens(n, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return solutions;
}
const placed = [];
function place(n, row) {
  if (row === n) return 1;
  let solutions = 0;
  for (let column = 0; column < n; column++) {
    if (placed.every((other, r) => r >= row || (other !== column && Math.abs(other - column) !== row - r))) {
      placed[row] = column;
      solutions += place(n, row + 1);
      placed.length = row;
    }
  }
  return solutions;
}
console.log(queens(11, 0, 0, 0), place(8, 0));
