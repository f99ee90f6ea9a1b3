"""The Jovian planets as point masses: floats in tight loops (Computer Language Benchmarks Game)."""

from math import pi, sqrt

SOLAR_MASS = 4 * pi * pi
DAYS = 365.24
BODIES = [
    ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], SOLAR_MASS),
    (
        [4.84143144246472090, -1.16032004402742839, -0.103622044471123109],
        [0.00166007664274403694 * DAYS, 0.00769901118419740425 * DAYS, -0.0000690460016972063023 * DAYS],
        0.000954791938424326609 * SOLAR_MASS,
    ),
    (
        [8.34336671824457987, 4.12479856412430479, -0.403523417114321381],
        [-0.00276742510726411e0 * DAYS, 0.00499852801234917238 * DAYS, 0.0000230417297573763929 * DAYS],
        0.000285885980666130812 * SOLAR_MASS,
    ),
    (
        [12.8943695621391310, -15.1111514016986312, -0.223307578892655734],
        [0.00296460137564761618 * DAYS, 0.00237847173959480950 * DAYS, -0.0000296589568540237556 * DAYS],
        0.0000436624404335156298 * SOLAR_MASS,
    ),
    (
        [15.3796971148509165, -25.9193146099879641, 0.179258772950371181],
        [0.00268067772490389322 * DAYS, 0.00162824170038242295 * DAYS, -0.0000951592254519715870 * DAYS],
        0.0000515138902046611451 * SOLAR_MASS,
    ),
]
PAIRS = [(a, b) for i, a in enumerate(BODIES) for b in BODIES[i + 1 :]]


def advance(steps, dt=0.01):
    for _ in range(steps):
        for (p1, v1, m1), (p2, v2, m2) in PAIRS:
            dx, dy, dz = p1[0] - p2[0], p1[1] - p2[1], p1[2] - p2[2]
            distance_squared = dx * dx + dy * dy + dz * dz
            magnitude = dt / (distance_squared * sqrt(distance_squared))
            b1, b2 = m1 * magnitude, m2 * magnitude
            v1[0] -= dx * b2
            v1[1] -= dy * b2
            v1[2] -= dz * b2
            v2[0] += dx * b1
            v2[1] += dy * b1
            v2[2] += dz * b1
        for position, velocity, _ in BODIES:
            position[0] += dt * velocity[0]
            position[1] += dt * velocity[1]
            position[2] += dt * velocity[2]


def energy():
    kinetic = sum(mass * sum(c * c for c in velocity) / 2 for _, velocity, mass in BODIES)
    potential = sum(
        m1 * m2 / sqrt(sum((a - b) ** 2 for a, b in zip(p1, p2))) for (p1, _, m1), (p2, _, m2) in PAIRS
    )
    return kinetic - potential


def offset_momentum():
    sun = BODIES[0][1]
    for axis in range(3):
        sun[axis] = -sum(velocity[axis] * mass for _, velocity, mass in BODIES) / SOLAR_MASS


offset_momentum()
print(f"{energy():.9f}")
advance(25_000)
print(f"{energy():.9f}")
