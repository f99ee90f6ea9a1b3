const f = () => 1 + f();
try {
  f();
} catch (error) {
  if (error instanceof RangeError) console.log("caught");
}
