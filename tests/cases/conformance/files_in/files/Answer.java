class Answer {
    static final int ANSWER = 42;
}
