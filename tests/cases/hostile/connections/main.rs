use std::net::{TcpStream, UdpSocket};

fn main() {
    for to in ["8.8.8.8:53", "172.17.0.1:2375", "169.254.169.254:80", "example.com:80"] {
        if TcpStream::connect(to).is_ok() {
            println!("CONNECTED TO {to}");
        }
    }
    if UdpSocket::bind("0.0.0.0:0").and_then(|socket| socket.send_to(b"x", "8.8.8.8:53")).is_ok() {
        println!("SENT");
    }
    println!("none");
}
