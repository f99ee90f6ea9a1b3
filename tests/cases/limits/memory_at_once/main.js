new ArrayBuffer(200 << 20);
