inline constexpr int ANSWER = 42;
