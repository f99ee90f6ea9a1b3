try {
  require("fs").writeFileSync("big", "x".repeat(1 << 20));
} catch {
  console.log("coped");
}
