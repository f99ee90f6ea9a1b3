result=0
depth() { if (($1 > 0)); then ((++result)); depth $(($1 - 1)); fi; }
depth 900
echo $result
