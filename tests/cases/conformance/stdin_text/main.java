class Main {
    public static void main(String[] args) throws Exception {
        String[] lines = new String(System.in.readAllBytes()).split("\n");
        System.out.println(lines.length + " lines, the last is " + lines[lines.length - 1]);
    }
}
