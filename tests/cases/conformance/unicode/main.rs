fn main() {
    let größe = "Grüße, 世界 🌍 e\u{301}";
    println!("{größe}");
    println!("{}", "世界 🌍!".chars().count());
    println!("صباح");
}
