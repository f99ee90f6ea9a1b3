import java.nio.file.*;

class Main {
    public static void main(String[] args) throws Exception {
        for (int n = 0;; n++) Files.write(Path.of("f" + n), new byte[4096]);
    }
}
