class Main {
    public static void main(String[] args) {
        System.out.println(System.currentTimeMillis() > 1_700_000_000_000L);
        long a = System.nanoTime();
        System.out.println(System.nanoTime() - a >= 0);
    }
}
