class Main {
    public static void main(String[] args) throws Exception {
        System.out.print("line\npart");
        System.out.flush();
        Thread.sleep(3_600_000);
    }
}
