import java.io.*;

class Main {
    public static void main(String[] args) {
        for (String path : new String[] {"mem", "environ", "maps", "fd/0", "fd/1", "fd/10", "fd/11"}) {
            try (var file = new FileInputStream("/proc/1/" + path)) {
                System.out.println("READ " + path);
            } catch (IOException refused) {
            }
            try (var file = new FileOutputStream("/proc/1/" + path)) {
                System.out.println("WROTE " + path);
            } catch (IOException refused) {
            }
        }
        ProcessHandle.of(1).ifPresent(ProcessHandle::destroyForcibly);
        System.out.println("safe");
    }
}
