import java.io.*;

class Main {
    public static void main(String[] args) throws IOException {
        try (var file = new FileOutputStream("big")) {
            while (true) file.write(new byte[65536]);
        }
    }
}
