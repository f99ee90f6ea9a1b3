echo start
read -r line
