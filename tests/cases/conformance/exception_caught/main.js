try { null.x; } catch { console.log("caught"); } finally { console.log("finally"); }
