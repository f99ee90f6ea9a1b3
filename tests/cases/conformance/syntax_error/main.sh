if if
echo never
