[[ 06/05/2024 =~ ([0-9]+)/([0-9]+)/([0-9]+) ]] && echo "${BASH_REMATCH[3]}-${BASH_REMATCH[2]}-${BASH_REMATCH[1]}"
grep -oE '\w+' <<< 'äb c_d 1' | wc -l
