# Runs a program, and stops it when standard input ends: that is, when whoever holds the other end of
# the pipe closes it or dies, by whatever means. First politely (SIGINT: PostgreSQL's fast shutdown),
# three seconds later at once (SIGQUIT: PostgreSQL recovers at its next start).
#
# Arguments: a directory to remove in the end if it is empty, the program, its arguments.
unset POSTGRES_GUARD
dir=$1
shift
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
{
    read -r _ <&3
    trap '' TERM
    kill -INT $program
    tenths=0
    while kill -0 $program && [ $tenths -lt 30 ]; do
        sleep 0.1
        tenths=$((tenths + 1))
    done
    kill -QUIT $program
} 2>/dev/null &
watcher=$!
wait $program
status=$?
# A watcher that is at its work ends by itself.
{ kill $watcher; wait $watcher; rmdir "$dir"; } 2>/dev/null
exit $status
