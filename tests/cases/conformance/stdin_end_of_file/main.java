import java.util.*;

class Main {
    public static void main(String[] args) {
        Scanner input = new Scanner(System.in);
        System.out.println(input.nextLine());
        try {
            input.nextLine();
        } catch (NoSuchElementException error) {
            System.out.println("end");
        }
    }
}
