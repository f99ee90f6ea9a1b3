sum=0
for i in {0..999}; do ((sum += i)); done
echo $sum
