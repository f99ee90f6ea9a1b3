class Main {
    public static void main(String[] args) {
        System.out.print("no newline");
        System.err.print("here neither");
    }
}
