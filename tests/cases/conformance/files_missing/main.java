import java.io.IOException;
import java.nio.file.*;

class Main {
    public static void main(String[] args) {
        try {
            Files.readString(Path.of("missing.txt"));
        } catch (NoSuchFileException error) {
            System.out.println("no such file");
        } catch (IOException error) {
        }
        try {
            Files.readString(Path.of("/tmp"));
        } catch (IOException error) {
            System.out.println("folder is no file");
        }
    }
}
