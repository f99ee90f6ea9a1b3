# Write a file and read it back
import csv

rows = [("planet", "moons"), ("Mars", 2), ("Jupiter", 97), ("Saturn", 274)]
with open("planets.csv", "w", newline="") as file:
    csv.writer(file).writerows(rows)

with open("planets.csv") as file:
    for row in csv.DictReader(file):
        print(row["planet"].ljust(8), row["moons"])
