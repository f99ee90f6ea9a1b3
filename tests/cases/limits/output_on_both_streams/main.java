class Main {
    public static void main(String[] args) {
        while (true) {
            System.out.print("12345678");
            System.out.flush();
            System.err.print("12345678");
            System.err.flush();
        }
    }
}
