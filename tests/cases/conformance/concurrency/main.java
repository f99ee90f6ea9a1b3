import java.util.*;
import java.util.concurrent.*;

class Main {
    static Callable<Integer> waiting(int n, String name) {
        return () -> {
            Thread.sleep(100 * n);
            System.out.println(name);
            return n;
        };
    }

    public static void main(String[] args) throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<Integer>();
            for (var future : executor.invokeAll(List.of(waiting(1, "first"), waiting(2, "second")))) results.add(future.get());
            System.out.println(results);
        }
    }
}
