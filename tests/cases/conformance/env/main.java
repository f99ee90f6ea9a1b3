import java.util.*;

class Main {
    public static void main(String[] args) {
        new TreeMap<>(System.getenv()).forEach((name, value) -> System.out.println(name + "=" + value));
    }
}
