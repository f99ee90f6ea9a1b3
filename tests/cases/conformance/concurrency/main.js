const wait = async (n, name) => {
  await new Promise((resolve) => setTimeout(resolve, n * 10));
  console.log(name);
  return n;
};
Promise.all([wait(1, "first"), wait(2, "second")]).then((all) => console.log(`[${all.join(", ")}]`));
