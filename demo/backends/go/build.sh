#!/bin/sh
# Builds the service with the Go of this machine; where that is missing or older than 1.24, with the one of toolchain.txt.
set -eu
go=go
minor=$(go env GOVERSION 2>/dev/null | cut -d. -f2 || true)
if [ "${minor:-0}" -lt 24 ]; then
  python3 -m venv .venv
  .venv/bin/pip install --quiet --require-hashes --requirement toolchain.txt
  go=.venv/bin/go
fi
"$go" build -o demo-service .
