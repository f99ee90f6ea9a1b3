class Main {
    public static void main(String[] args) {
        while (true) {
            try {
                new Thread(() -> {
                    try {
                        Thread.sleep(1_000_000);
                    } catch (InterruptedException unexpected) {
                    }
                }).start();
            } catch (Throwable refused) {
            }
        }
    }
}
