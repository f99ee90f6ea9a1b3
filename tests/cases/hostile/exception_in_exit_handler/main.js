process.on("exit", () => {
  console.log("last");
  throw new Error("in the handler");
});
