class Main {
    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        Thread.sleep(300);
        System.out.println(System.nanoTime() - start >= 300_000_000);
    }
}
