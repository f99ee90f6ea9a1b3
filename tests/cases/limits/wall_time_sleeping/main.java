class Main {
    public static void main(String[] args) throws Exception {
        System.out.println("start");
        Thread.sleep(3_600_000);
    }
}
