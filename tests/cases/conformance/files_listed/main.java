import java.io.File;
import java.util.Arrays;
import java.util.stream.Collectors;

class Main {
    public static void main(String[] args) {
        System.out.println(Arrays.stream(new File(".").list()).filter(name -> !name.startsWith("Main.")).sorted().collect(Collectors.joining(" ")));
        System.out.println(new File("data").list().length);
    }
}
