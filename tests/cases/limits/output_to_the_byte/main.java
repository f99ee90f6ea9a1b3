class Main {
    public static void main(String[] args) { System.out.print("12345678".repeat(512)); }
}
