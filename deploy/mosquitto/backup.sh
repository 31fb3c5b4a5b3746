#!/bin/sh
# Backs up a Mosquitto that runs: sessions with what waits in them, retained messages, and the accounts.
#
#     backup.sh PID DATA ARCHIVE
#
# PID is the broker's, DATA its persistence_location, ARCHIVE the .tar to write: readable by its owner alone, since it has
# messages and the hashes of passwords. An older archive of that name is replaced once the new one is complete.
set -eu
if [ $# -ne 3 ]; then
    sed -n 's/^#     /Usage: /p' "$0" >&2
    exit 2
fi
pid=$1 data=$2 archive=$3
umask 077

# Mosquitto writes a new file and puts it in the place of the old one, so that none is ever seen half-written.
file_number() { ls -i "$data/mosquitto.db" 2>/dev/null || echo none; }
before=$(file_number)
kill -USR1 "$pid"
seconds=0
while [ "$(file_number)" = "$before" ]; do
    if [ "$seconds" -ge 60 ]; then
        echo "Mosquitto ($pid) has not saved to $data within 60 s. Check persistence_location and its log." >&2
        exit 1
    fi
    seconds=$((seconds + 1))
    sleep 1
done

trap 'rm -f "$archive.new"' EXIT
tar -C "$data" -cf "$archive.new" mosquitto.db dynamic-security.json
mv "$archive.new" "$archive"
