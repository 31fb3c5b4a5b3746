#!/bin/sh
# configure.sh FROM TO: copies the shipped files, with what is different in a cluster. Each change is checked: a file that no
# longer says what is to be changed stops the pod, and does not weaken it.
set -eu
from=$1 to=$2

change() { # FILE OLD NEW
    grep -qF -- "$2" "$to/$1" || {
        echo "configure.sh: $1 does not say: $2" >&2
        exit 1
    }
    awk -v old="$2" -v new="$3" '{
        line = ""
        while (at = index($0, old)) {
            line = line substr($0, 1, at - 1) new
            $0 = substr($0, at + length(old))
        }
        print line $0
    }' "$to/$1" >"$to/$1.new"
    mv "$to/$1.new" "$to/$1"
}

cp "$from"/*.conf "$to"

# Services and devices are in other pods. The WebSocket listener stays on the pod's loopback, where nginx is.
change mosquitto.conf 'listener 8883 127.0.0.1' 'listener 8883 0.0.0.0'

# TLS ends in the ingress: pages of this site are those from https: all the same.
change websocket-mq-http.conf "\$scheme://" 'https://'
change websocket-mq.conf "\$scheme;" 'https;'
change issuer.conf "\$scheme;" 'https;'

# The issuer is another pod, so that it can be changed without restarting the broker.
change issuer.conf '127.0.0.1:9003;' 'issuer:9003;'
