. ./answer.sh
echo "from the module: $ANSWER"
cat data/text.txt
od -An -tu1 data/bytes.bin | xargs echo
