#!/usr/bin/env bash
# FreeRADIUS's rlm_rest writes each byte of UTF-8 into JSON as a character of its own: "ä" (C3 A4) is sent as "\u00C3\u00A4", which reads "Ã¤".
#
# Seen with FreeRADIUS 3.2.1+dfsg-4+deb12u1 of Debian 12 (body = 'json'), of which the packages are unpacked into a temp folder: RADIUS texts
# are UTF-8 (RFC 2865, 5), and a User-Name or User-Password with a letter that is not ASCII reaches the program that is asked as other letters.
# Who compares them refuses everybody with such a password.
#
# Needs apt-get with Debian 12's archive, dpkg and python3. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

version=3.2.1+dfsg-4+deb12u1
apt-get download -qq {freeradius,freeradius-common,freeradius-rest,freeradius-utils,libfreeradius3}=$version \
  libct4 libtalloc2 libwbclient0 libjson-c5 libpcap0.8
for package in *.deb; do dpkg -x "$package" root; done
libraries=$(dirname "$(find "$work/root" -name 'libtalloc.so.2' -print -quit)")
export LD_LIBRARY_PATH=$libraries:$work/root/usr/lib/freeradius

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
web=$(port) radius=$(port)
cat >asked.py <<PROGRAM
import http.server

class Asked(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        open("body", "wb").write(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()
    def log_message(self, *words): pass
http.server.ThreadingHTTPServer(("127.0.0.1", $web), Asked).serve_forever()
PROGRAM
cat >radiusd.conf <<CONFIGURATION
libdir = $work/root/usr/lib/freeradius
run_dir = $work
pidfile = $work/pid
client here {
  ipaddr = 127.0.0.1
  secret = secret
}
modules {
  rest {
    connect_uri = "http://127.0.0.1:$web"
    authorize {
      uri = "\${..connect_uri}/"
      method = 'post'
      body = 'json'
    }
    pool {
      start = 0
      min = 0
      max = 1
      spare = 1
    }
  }
}
server here {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = $radius
  }
  authorize {
    rest
  }
}
CONFIGURATION
python3 asked.py &
for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$web") 2>/dev/null && break; sleep 0.1; done
root/usr/sbin/freeradius -f -l stdout -d "$work" -D root/usr/share/freeradius -n radiusd >log 2>&1 &
for _ in $(seq 100); do grep -q 'Ready to process' log && break; sleep 0.1; done
echo 'User-Name = "käthe", User-Password = "x"' | root/usr/bin/radclient -D root/usr/share/freeradius -r 3 -t 2 "127.0.0.1:$radius" auth secret >/dev/null 2>&1 || true

grep -o '"User-Name":[^}]*}' body
if grep -qF 'k\u00C3\u00A4the' body; then
  echo 'The two bytes of one letter are sent as two letters.'
else
  echo 'The name is written in another way now.'
  exit 1
fi
