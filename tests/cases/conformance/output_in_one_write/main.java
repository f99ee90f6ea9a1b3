class Main {
    public static void main(String[] args) { System.out.print("x".repeat(5_000_000)); }
}
