# Starts a PostgreSQL of its own, says "ready", and takes it away again when standard input ends.
# Arguments: folder of the programs, port, folder for the data, locale, settings.
set -eu
programs=$1 port=$2 folder=$(mktemp -d "$3/jina-connect-pg.XXXXXX") locale=$4
shift 4
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

"$programs/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 --locale="$locale" --no-sync \
    >"$folder/log" 2>&1 || give_up "$folder/log"

"$programs/postgres" -D "$folder/data" -p "$port" -h 127.0.0.1 -k "$folder" -c max_connections=300 "$@" \
    >"$folder/log" 2>&1 </dev/null &
server=$!

until "$programs/pg_isready" --quiet --host=127.0.0.1 --port="$port" --username=postgres; do
    kill -0 "$server" 2>/dev/null || give_up "$folder/log"
    sleep 0.05
done
echo ready
cat >/dev/null
