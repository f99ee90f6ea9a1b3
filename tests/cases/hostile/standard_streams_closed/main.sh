exec 0<&- 1>&- 2>&-
for fd in {3..20}; do eval "exec $fd>&-"; done
