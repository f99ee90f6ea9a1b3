read -r count
sum=0
for ((i = 0; i < count; i++)); do read -r number; ((sum += number)); done
read -r rest
echo $sum
echo "$rest"
