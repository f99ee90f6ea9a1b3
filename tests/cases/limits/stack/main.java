class Main {
    static void f() { f(); }

    public static void main(String[] args) {
        try {
            f();
        } catch (StackOverflowError error) {
            System.out.println("caught");
        }
    }
}
