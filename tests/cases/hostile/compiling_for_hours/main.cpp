constexpr int f(int n) { return n == 0 ? 0 : f(n - 1) + f(n - 1) + 1; }
static_assert(f(60));
int main() {}
