import java.io.IOException;
import java.net.*;

class Main {
    public static void main(String[] args) {
        for (String host : new String[] {"8.8.8.8", "172.17.0.1", "example.com"}) {
            try (var socket = new Socket(host, 53)) {
                System.out.println("CONNECTED TO " + host);
            } catch (IOException refused) {
            }
        }
        System.out.println("none");
    }
}
