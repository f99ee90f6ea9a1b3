env | LC_ALL=C sort
