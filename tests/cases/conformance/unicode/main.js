const größe = "Grüße, 世界 🌍 e\u0301";
console.log(größe);
console.log([..."世界 🌍!"].length);
console.log("صباح");
