// The Jovian planets as point masses: floats in tight loops (Computer Language Benchmarks Game).
const SOLAR_MASS = 4 * Math.PI * Math.PI;
const DAYS = 365.24;
const body = (position, velocity, mass) => ({
  x: position[0], y: position[1], z: position[2],
  vx: velocity[0] * DAYS, vy: velocity[1] * DAYS, vz: velocity[2] * DAYS,
  mass: mass * SOLAR_MASS,
});
const bodies = [
  body([0, 0, 0], [0, 0, 0], 1),
  body([4.8414314424647209, -1.16032004402742839, -0.103622044471123109], [0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023], 0.000954791938424326609),
  body([8.34336671824457987, 4.12479856412430479, -0.403523417114321381], [-0.00276742510726411, 0.00499852801234917238, 0.0000230417297573763929], 0.000285885980666130812),
  body([12.894369562139131, -15.1111514016986312, -0.223307578892655734], [0.00296460137564761618, 0.0023784717395948095, -0.0000296589568540237556], 0.0000436624404335156298),
  body([15.3796971148509165, -25.9193146099879641, 0.179258772950371181], [0.00268067772490389322, 0.00162824170038242295, -0.000095159225451971587], 0.0000515138902046611451),
];

function advance(dt) {
  for (let i = 0; i < bodies.length; i++) {
    const a = bodies[i];
    for (let j = i + 1; j < bodies.length; j++) {
      const b = bodies[j];
      const dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      const squared = dx * dx + dy * dy + dz * dz;
      const magnitude = dt / (squared * Math.sqrt(squared));
      a.vx -= dx * b.mass * magnitude;
      a.vy -= dy * b.mass * magnitude;
      a.vz -= dz * b.mass * magnitude;
      b.vx += dx * a.mass * magnitude;
      b.vy += dy * a.mass * magnitude;
      b.vz += dz * a.mass * magnitude;
    }
  }
  for (const a of bodies) {
    a.x += dt * a.vx;
    a.y += dt * a.vy;
    a.z += dt * a.vz;
  }
}

function energy() {
  let total = 0;
  bodies.forEach((a, i) => {
    total += (a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)) / 2;
    for (const b of bodies.slice(i + 1)) total -= (a.mass * b.mass) / Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2);
  });
  return total;
}

for (const axis of ["vx", "vy", "vz"]) bodies[0][axis] = -bodies.reduce((sum, a) => sum + a[axis] * a.mass, 0) / SOLAR_MASS;
console.log(energy().toFixed(9));
for (let n = 0; n < 20000; n++) advance(0.01);
console.log(energy().toFixed(9));
