try {
  JSON.parse("[".repeat(1_000_000) + "]".repeat(1_000_000));
  console.log("taken");
} catch {
  console.log("refused");
}
