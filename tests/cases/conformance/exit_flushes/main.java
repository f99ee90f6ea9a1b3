class Main {
    public static void main(String[] args) {
        for (int i = 0; i < 2000; i++) System.out.print("line ");
        System.exit(3);
    }
}
