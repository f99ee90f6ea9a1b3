class Main {
    static void f() { f(); }

    public static void main(String[] args) { f(); }
}
