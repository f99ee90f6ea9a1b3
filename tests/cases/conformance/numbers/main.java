import java.math.BigInteger;

class Main {
    public static void main(String[] args) {
        System.out.println(BigInteger.TWO.pow(100));
        System.out.println(0.1 + 0.2);
        System.out.println(1 / 0.0 + " " + 0 / 0.0);
    }
}
