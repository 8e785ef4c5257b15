# Starts a PostgreSQL of its own, says "ready", and takes it away again when standard input ends.
# Arguments: folder of the programs, port, folder for the data, locale.
set -eu
programs=$1 port=$2 folder=$(mktemp -d "$3/jina-connect-pg.XXXXXX")
server=

take_away() {
    if [ -n "$server" ]; then
        kill -INT "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    rm -rf "$folder"
}
give_up() {
    cat "$1" >&2
    exit 1
}
trap take_away EXIT
trap 'exit 1' HUP INT TERM

"$programs/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 --locale="$4" --no-sync \
    >"$folder/log" 2>&1 || give_up "$folder/log"

# The data lives as long as one test run: durability costs time and gains nothing. No autovacuum, so that query plans
# depend on what a test did and not on when it ran.
"$programs/postgres" -D "$folder/data" -p "$port" -h 127.0.0.1 -k "$folder" -c max_connections=300 -c fsync=off \
    -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off >"$folder/log" 2>&1 </dev/null &
server=$!

until "$programs/pg_isready" --quiet --host=127.0.0.1 --port="$port" --username=postgres; do
    kill -0 "$server" 2>/dev/null || give_up "$folder/log"
    sleep 0.05
done
echo ready
cat >/dev/null
