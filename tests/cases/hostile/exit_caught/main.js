try { process.exit(5); } catch {} finally { console.log("still here"); }
console.log("still here");
