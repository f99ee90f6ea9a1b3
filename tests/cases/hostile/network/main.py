try:
    import socket
    socket.create_connection(("127.0.0.1", 80), timeout=1)
    print("CONNECTED")
except (OSError, ImportError, AttributeError):
    print("none")
