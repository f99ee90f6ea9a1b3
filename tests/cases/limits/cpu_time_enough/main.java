import java.util.stream.IntStream;

class Main {
    public static void main(String[] args) { System.out.println(IntStream.range(0, 1000).sum()); }
}
