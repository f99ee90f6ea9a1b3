ls | grep -v '^main\.' | xargs echo
ls data | wc -l
