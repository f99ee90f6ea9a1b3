import java.io.*;

class Main {
    public static void main(String[] args) {
        new BufferedReader(new InputStreamReader(System.in)).lines().forEach(System.out::println);
    }
}
