while read -r line || [[ $line ]]; do echo "$line"; done
