for (let n = 0; ; n++) require("fs").writeFileSync(`f${n % 99}`, "x".repeat(9999))
