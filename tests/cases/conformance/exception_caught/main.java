class Main {
    public static void main(String[] args) {
        try {
            Object none = null;
            none.toString();
        } catch (NullPointerException error) {
            System.out.println("caught");
        } finally {
            System.out.println("finally");
        }
    }
}
