console.log("before");
function fail() {
  throw new Error("no good");
}
fail();
