class Main {
    public static void main(String[] args) {
        for (int i = 0; i < 300_000; i++) System.out.println("0123456789abcdef");
    }
}
