import java.nio.file.*;

class Main {
    public static void main(String[] args) throws Exception {
        Files.writeString(Path.of("changed.txt"), "after");
        Files.readString(Path.of("read.txt"));
        Files.createDirectories(Path.of("deep/er"));
        Files.write(Path.of("deep/er/new.bin"), new byte[] {0, -1});
        Files.createFile(Path.of("empty"));
        Files.move(Path.of("same.txt"), Path.of("renamed.txt"));
        Files.delete(Path.of("gone.txt"));
        Files.createFile(Path.of("passing"));
        Files.delete(Path.of("passing"));
        Files.writeString(Path.of("/tmp/elsewhere"), "x");
        System.out.println("done");
    }
}
