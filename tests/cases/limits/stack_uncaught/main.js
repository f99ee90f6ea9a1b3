const f = () => 1 + f();
f();
