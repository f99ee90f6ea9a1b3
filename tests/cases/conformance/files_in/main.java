import java.nio.file.*;

class Main {
    public static void main(String[] args) throws Exception {
        System.out.println("from the module: " + Answer.ANSWER);
        System.out.print(Files.readString(Path.of("data/text.txt")));
        byte[] bytes = Files.readAllBytes(Path.of("data/bytes.bin"));
        System.out.println((bytes[0] & 255) + " " + (bytes[1] & 255));
    }
}
