#!/usr/bin/env bash
# Builds everything and runs all tests; the last line counts them. Works from a fresh clone.
# On Debian as root it installs what is missing; elsewhere tests whose tools are missing are skipped and say so.
set -uo pipefail
cd "$(dirname "$0")"

install_missing() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
  local missing=()
  [ -n "${CHROMIUM:-}" ] || [ -x /usr/bin/chromium-headless-shell ] || missing+=(chromium-headless-shell)
  [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || missing+=(fonts-dejavu-core)
  [ -d /usr/lib/python3/dist-packages/aiosmtpd ] || missing+=(python3-aiosmtpd)
  [ -x /usr/sbin/dovecot ] || missing+=(dovecot-imapd)
  [ -x /usr/sbin/haproxy ] || missing+=(haproxy)
  [ -x /usr/bin/fetchmail ] || missing+=(fetchmail)
  [ -x /usr/bin/node ] || missing+=(nodejs)
  [ -x /usr/bin/npm ] || missing+=(npm)
  [ -x /usr/sbin/freeradius ] && [ -x /usr/bin/radclient ] && [ -e /usr/lib/freeradius/rlm_rest.so ] \
    || missing+=(freeradius freeradius-rest freeradius-utils)
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "Installing ${missing[*]}"
  # The packages would start servers of their own; the tests start theirs.
  local policy=/usr/sbin/policy-rc.d
  if [ -e $policy ]; then policy=; else printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy; fi
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "${missing[@]}"; } >/tmp/crmportal-install.log 2>&1 \
    || { echo "Not everything could be installed; what needs it is skipped or fails:"; tail -5 /tmp/crmportal-install.log; }
  [ -z "$policy" ] || rm -f "$policy"
  [[ " ${missing[*]} " != *" dovecot-imapd "* ]] || systemctl disable dovecot.service dovecot.socket >/dev/null 2>&1 || true
  [[ " ${missing[*]} " != *" haproxy "* ]] || systemctl disable haproxy.service >/dev/null 2>&1 || true
  [[ " ${missing[*]} " != *" freeradius "* ]] || systemctl disable freeradius.service >/dev/null 2>&1 || true
}

install_missing
if [ -z "${CRM_TEST_DATA:-}" ] && [ -d ../shared/data ]; then
  CRM_TEST_DATA=$(cd ../shared/data && pwd)
  export CRM_TEST_DATA
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# The compiler of the runtime has a good part of the processor's time: a run is too short to win back what it costs to watch which code is
# used how, and needs no second mapping of each page of code to guard against attackers.
export DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0
# More than half of the time of a test run went into compiling methods, many of them twice although they run a few dozen times only, and a
# tenth into collecting a first generation of a few megabytes over and over: a method is compiled again later, and the generation is larger.
export DOTNET_TC_CallCountThreshold=300 DOTNET_GCgen0size=0x4000000
results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

# Hundreds of small databases that are written durably: in memory where there is room, so that the tests do not wait for a disk.
use_memory() {
  local free
  free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -1) || return 0
  [ "${free:-0}" -gt 2000000 ] && [ -w /dev/shm ] || return 0
  TMPDIR=$(mktemp -d /dev/shm/crmportal-tests-XXXXXX)
  chmod 755 "$TMPDIR" # The test's PostgreSQL runs as a user of its own.
  export TMPDIR
  trap 'rm -rf "$TMPDIR"' EXIT
}

status=0
if dotnet build CrmPortal.sln -c Release -nologo -v q -clp:NoSummary; then
  use_memory
  # One after the other: each keeps both of two processors busy, and side by side they only make each other wait. Each is a program of
  # its own; a host between it and this script would take half a minute.
  for project in CrmPortal.E2E CrmPortal.Tests; do
    dotnet "$project/bin/Release/net10.0/$project.dll" -noColor -noLogo -trx "$results/$project.trx" >"$results/$project.log" 2>&1 || status=1
    echo "== $project"
    grep -v '^There is no administrator yet' "$results/$project.log" | tail -n 3
  done
else
  echo "The build failed."
  status=1
fi

# What took longest, so that a test that has become slow is seen.
tell_slowest() {
  echo "The 20 slowest tests:"
  grep -h -o '<UnitTestResult [^>]*>' "$@" | sed -n 's/.* testName="\([^"]*\)".* duration="\([0-9:]*\.[0-9]\)[0-9]*".*/  \2 \1/p' | sort -r | head -20 | sed 's/&quot;/"/g'
}

# Each test that failed with the beginning of what it says and the place in it: enough to see why from this output alone.
tell_failures() {
  awk '
    /<UnitTestResult /  { failed = /outcome="Failed"/; part = ""; if (failed) { match($0, /testName="[^"]*"/); print "  " substr($0, RSTART + 10, RLENGTH - 11) } }
    !failed             { next }
    /<Message>/         { part = "message"; lines = 0; sub(/.*<Message>/, "") }
    /<StackTrace>/      { part = "trace"; lines = 0; sub(/.*<StackTrace>/, "") }
    part == "message" && lines++ < 8                       { line = $0; sub(/<\/Message>.*/, "", line); print "      " substr(line, 1, 300) }
    part == "trace" && / in .*\.cs:line / && lines++ < 3    { line = $0; sub(/<\/StackTrace>.*/, "", line); print "     " substr(line, 1, 300) }
    /<\/Message>|<\/StackTrace>/ { part = "" }
  ' "$1" | sed 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&#xD;//g; s/&amp;/\&/g' | head -200
}

# Sums what the result files say: outcomes, and why tests were skipped.
passed=0 failed=0 skipped=0
for file in "$results"/*.trx; do
  [ -e "$file" ] || continue
  counters=$(grep -o '<Counters [^>]*>' "$file" | tail -1)
  number() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  total=$(number total) ok=$(number passed) bad=$(number failed) errors=$(number error)
  passed=$((passed + ok))
  failed=$((failed + bad + errors))
  skipped=$((skipped + total - ok - bad - errors))
  [ "$((bad + errors))" = 0 ] || { echo "Failed in $(basename "$file" .trx):"; tell_failures "$file"; }
  awk '/<UnitTestResult /{skip = /outcome="NotExecuted"/} skip' "$file" | grep -o '<Message>[^<]*' | sed 's/<Message>//' | sort | uniq -c | sed 's/^ *\([0-9]*\) /Skipped \1: /'
done
compgen -G "$results/*.trx" >/dev/null && tell_slowest "$results"/*.trx
[ $((passed + failed)) -gt 0 ] || status=1
[ "$failed" = 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
