import java.util.Scanner;

class Main {
    public static void main(String[] args) {
        Scanner input = new Scanner(System.in);
        int count = input.nextInt(), sum = 0;
        for (int i = 0; i < count; i++) sum += input.nextInt();
        System.out.println(sum);
        System.out.println(input.next());
    }
}
