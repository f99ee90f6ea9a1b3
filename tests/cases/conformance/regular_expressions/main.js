console.log("06/05/2024".replace(/(\d+)\/(\d+)\/(\d+)/, "$3-$2-$1"));
console.log("äb c_d 1".match(/[\p{L}\w]+/gu).length);
