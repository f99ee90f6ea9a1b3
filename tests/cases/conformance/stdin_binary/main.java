import java.util.HexFormat;

class Main {
    public static void main(String[] args) throws Exception {
        System.out.println(HexFormat.of().formatHex(System.in.readAllBytes()));
    }
}
