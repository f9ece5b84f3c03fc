#!/usr/bin/env bash
# HAProxy's "option redispatch" alone keeps who has a cookie of a dead server waiting for seconds before another server takes the request;
# with "option redispatch 1" another takes it at once.
#
# Seen with HAProxy 2.6.12 of Debian 12: without a number the request goes to another server only with the last of its "retries" (3 by
# default), and a second passes before each try of the same server, although nobody listens at its port. A browser whose node has died
# therefore waits that long for each of its requests, until the health check has marked the server down. With 1 the first try that fails is
# followed by one of another server without a pause.
#
# Needs haproxy, curl and python3. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
alive=$(port) dead=$(port)
mkdir www
echo here >www/index.html
python3 -m http.server "$alive" --bind 127.0.0.1 --directory www >/dev/null 2>&1 &

# How many milliseconds somebody with the dead server's cookie waits.
waited() {
  local front
  front=$(port)
  cat >haproxy.cfg <<CONFIGURATION
defaults
    mode http
    timeout connect 2s
    timeout client 20s
    timeout server 20s
frontend f
    bind 127.0.0.1:$front
    default_backend b
backend b
    cookie node insert indirect nocache
    $1
    server dead 127.0.0.1:$dead cookie dead
    server alive 127.0.0.1:$alive cookie alive
CONFIGURATION
  haproxy -db -f haproxy.cfg >log 2>&1 &
  for _ in $(seq 100); do curl -sf -b node=alive "http://127.0.0.1:$front/" >/dev/null && break; sleep 0.1; done
  curl -sf -b node=dead -o answer -w '%{time_total}' "http://127.0.0.1:$front/" | awk '{ printf "%d", $1 * 1000 }'
  grep -q here answer
}

usual=$(waited "option redispatch")
first=$(waited "option redispatch 1")
echo "option redispatch: $usual ms; option redispatch 1: $first ms"
[ "$usual" -ge 1500 ] && [ "$first" -lt 500 ] || { echo "It is not as it was seen."; exit 1; }
