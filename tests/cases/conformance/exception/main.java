class Main {
    static void fail() { throw new IllegalArgumentException("no good"); }

    public static void main(String[] args) {
        System.out.println("before");
        fail();
    }
}
