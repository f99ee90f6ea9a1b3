class Main {
    public static void main(String[] args) throws Exception {
        new ProcessBuilder("/usr/bin/setsid", "/bin/sleep", "1000").start();
        System.out.println("left");
    }
}
