const again = { toString() { return [again].join(); } };
try {
  [again].map(String).join();
  [1, 2].sort(function compare() { return [1, 2].sort(compare); });
  console.log("ended");
} catch {
  console.log("caught");
}
