import java.util.regex.Pattern;

class Main {
    public static void main(String[] args) {
        System.out.println("06/05/2024".replaceAll("(\\d+)/(\\d+)/(\\d+)", "$3-$2-$1"));
        System.out.println(Pattern.compile("(?U)\\w+").matcher("äb c_d 1").results().count());
    }
}
