import java.nio.file.*;

class Main {
    public static void main(String[] args) throws Exception {
        for (int n = 0; n < 100; n++) Files.delete(Files.createFile(Path.of("f" + n)));
        System.out.println("done");
    }
}
