import java.util.*;
import java.util.stream.*;

class Main {
    public static void main(String[] args) {
        System.out.print(Arrays.stream(args).map(arg -> '"' + arg + '"').collect(Collectors.joining(",", "[", "]")));
    }
}
