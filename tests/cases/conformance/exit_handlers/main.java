class Main {
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("handler")));
        System.out.println("body");
        System.exit(4);
    }
}
