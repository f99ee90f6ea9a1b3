class Main {
    public static void main(String[] args) throws Exception {
        new ProcessBuilder("/usr/bin/tail", "/dev/zero").start().waitFor();
    }
}
