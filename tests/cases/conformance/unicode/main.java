class Main {
    public static void main(String[] args) {
        String größe = "Grüße, 世界 🌍 e\u0301";
        System.out.println(größe);
        System.out.println("世界 🌍!".codePoints().count());
        System.out.println("صباح");
    }
}
