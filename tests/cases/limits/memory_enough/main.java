class Main {
    public static void main(String[] args) { System.out.println(new byte[100 << 20].length); }
}
