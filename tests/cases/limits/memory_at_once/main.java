class Main {
    public static void main(String[] args) { byte[] all = new byte[800 << 20]; }
}
