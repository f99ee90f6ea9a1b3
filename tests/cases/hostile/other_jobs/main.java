import java.io.File;
import java.nio.file.*;

class Main {
    public static void main(String[] args) {
        ProcessHandle.allProcesses().filter(one -> one.pid() != 1 && one.pid() != ProcessHandle.current().pid()).forEach(one -> System.out.println("PROCESS " + one));
        try {
            System.out.println("LEFT " + Files.createFile(Path.of("/var/tmp/left")));
        } catch (java.io.IOException refused) {
        }
        for (String name : new File("/tmp").list()) System.out.println("FILE " + name);
        System.out.println("alone");
    }
}
