import java.nio.file.*;

class Main {
    public static void main(String[] args) throws Exception {
        Path big = Path.of("big");
        for (int i = 0; i < 20; i++) {
            Files.write(big, new byte[200 << 10]);
            Files.delete(big);
        }
        for (int i = 0; i < 20; i++) Files.write(big, new byte[200 << 10]);
        System.out.println("done");
    }
}
