try {
  new RegExp("(".repeat(100_000) + ")".repeat(100_000));
  console.log("taken");
} catch {
  console.log("refused");
}
