import java.util.*;
import java.util.stream.*;

public class Sixty {
    interface Shape { double area(); }
    record Circle(double r) implements Shape { public double area() { return Math.PI * r * r; } }
    record Square(double s) implements Shape { public double area() { return s * s; } }

    static class Stack2<T> {
        private final Deque<T> items = new ArrayDeque<>();
        void push(T v) { items.push(v); }
        T pop() {
            if (items.isEmpty()) throw new NoSuchElementException("empty");
            return items.pop();
        }
    }

    enum Level { LOW, HIGH }

    record Employee(String name, int age, double salary) {}

    static Level level(Employee e) {
        return switch (e) {
            case Employee(String n, int a, double s) when s > 5000 -> Level.HIGH;
            default -> Level.LOW;
        };
    }

    public static void main(String[] args) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String w : "the quick brown fox jumps over the lazy dog the end".split(" ")) counts.merge(w, 1, Integer::sum);
        counts.forEach((k, v) -> System.out.print(k + "=" + v + " "));
        List<Shape> shapes = List.of(new Circle(2), new Square(3));
        System.out.printf("%.2f%n", shapes.stream().mapToDouble(Shape::area).sum());
        List<Employee> staff = new ArrayList<>(List.of(new Employee("Ada", 36, 5200.5), new Employee("Linus", 28, 4100)));
        staff.sort(Comparator.comparingInt(Employee::age));
        for (Employee e : staff) System.out.println(e + " " + level(e));
        Map<Level, List<String>> groups = staff.stream().collect(Collectors.groupingBy(Sixty::level, Collectors.mapping(Employee::name, Collectors.toList())));
        System.out.println(groups);
        Stack2<Integer> stack = new Stack2<>();
        for (int i = 0; i < 10; i++) stack.push(i * i);
        try {
            while (true) System.out.print(stack.pop() + " ");
        } catch (NoSuchElementException e) {
            System.out.println(e.getMessage());
        }
        int[][] grid = new int[5][5];
        for (int i = 0; i < 5; i++) for (int j = 0; j < 5; j++) grid[i][j] = i * j;
        System.out.println(Arrays.stream(grid).map(Arrays::toString).collect(Collectors.joining(";")));
    }
}
