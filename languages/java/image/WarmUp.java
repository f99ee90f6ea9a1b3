import java.util.*;
import java.util.concurrent.*;
import java.util.function.*;
import java.util.stream.*;

/** What snippets commonly use, so that compiler and library have met it before a job comes. */
public class WarmUp {
    interface Shape { double area(); default String describe() { return "area " + area(); } }
    record Square(double side) implements Shape { public double area() { return side * side; } }
    record Circle(double radius) implements Shape { public double area() { return Math.PI * radius * radius; } }
    enum Colour { RED, GREEN { @Override public String toString() { return "green"; } } }
    sealed interface Tree permits Leaf, Node {}
    record Leaf(int value) implements Tree {}
    record Node(Tree left, Tree right) implements Tree {}

    static abstract class Box<T extends Comparable<T>> {
        abstract T get();
        T largest(List<T> others) {
            T best = get();
            for (T other : others) if (other.compareTo(best) > 0) best = other;
            return best;
        }
    }

    static int sum(Tree tree) {
        return switch (tree) {
            case Leaf(int value) -> value;
            case Node(Tree left, Tree right) -> sum(left) + sum(right);
        };
    }

    static int weigh(Object object) {
        return switch (object) {
            case Integer i when i > 3 -> i;
            case String s -> s.length();
            default -> 0;
        };
    }

    public static void main(String[] args) throws Exception {
        List<Shape> shapes = new ArrayList<>(List.of(new Square(2), new Circle(1)));
        shapes.sort(Comparator.comparing(Shape::area));
        for (Shape shape : shapes) System.out.println(shape.describe() + String.format(" %5.2f %s", shape.area(), shape));
        Map<String, List<Integer>> groups = new HashMap<>();
        for (int i = 0; i < 20; i++) groups.computeIfAbsent("k" + i % 3, key -> new ArrayList<>()).add(i);
        System.out.println(groups + " " + IntStream.range(0, 9).boxed().collect(Collectors.groupingBy(i -> i % 2, Collectors.summingInt(i -> i))));
        System.out.println(Stream.of("q", "w").map(String::toUpperCase).filter(s -> !s.isEmpty()).collect(Collectors.joining("-")));
        int[][] grid = new int[3][4];
        grid[1][2] = weigh("abc") + weigh(5) + sum(new Node(new Leaf(1), new Leaf(2)));
        System.out.println(Arrays.deepToString(grid) + Arrays.stream(grid[1]).sum());
        try (Scanner scanner = new Scanner("1 2\nline")) {
            System.out.println(scanner.nextInt() + scanner.nextInt());
        }
        try {
            throw new IllegalStateException("x");
        } catch (IllegalStateException | IllegalArgumentException error) {
            System.out.println(error.getMessage());
        } finally {
            System.out.print("");
        }
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> future = executor.submit(() -> 42);
            System.out.println(future.get());
        }
        Deque<Integer> deque = new ArrayDeque<>();
        deque.push(1);
        PriorityQueue<Integer> queue = new PriorityQueue<>(Comparator.reverseOrder());
        queue.add(2);
        Box<Integer> box = new Box<>() { Integer get() { return 1; } };
        System.out.println(box.largest(List.of(3, 4)) + deque.pop() + queue.poll());
        StringBuilder text = new StringBuilder();
        do { text.append(text.length()); } while (text.length() < 5);
        String block = """
            a block
            """;
        var present = block.isBlank() ? Optional.<String>empty() : Optional.of(block.strip());
        System.out.printf("%s %s %d %s%n", text, present, Long.MAX_VALUE, Colour.GREEN);
        BiFunction<Integer, Integer, Integer> add = Integer::sum;
        System.out.println(add.apply(1, 2) + " " + Math.sqrt(2) + " " + new TreeMap<>(Map.of("a", 1)));
    }
}
