import java.util.*;

class Main {
    public static void main(String[] args) {
        System.out.println("start");
        for (var all = new ArrayList<byte[]>();;) all.add(new byte[1 << 20]);
    }
}
