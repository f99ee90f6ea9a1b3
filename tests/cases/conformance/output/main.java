class Main {
    public static void main(String[] args) {
        System.out.println(1 + " two");
        System.err.println("careful");
        System.out.println(3.5);
    }
}
