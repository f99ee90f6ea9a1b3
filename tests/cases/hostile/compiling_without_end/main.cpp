template <int N> struct A { static constexpr auto x = A<N + 1>::x + A<N + 2>::x; };
int main() { return A<0>::x; }
