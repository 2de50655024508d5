#!/usr/bin/env bash
# Prints how long after its start the demo shows the first GC pause, has captured and analysed a first campaign over two services,
# and has compared the redeploy by itself. Build first: dotnet build FleetProf.sln
set -uo pipefail
cd "$(dirname "$0")/../.."
fleetprof() { dotnet .artifacts/bin/FleetProf.Cli/debug/fleetprof.dll "$@"; }
data="$(mktemp -d)"; log="$data/demo.log"
trap 'kill "$demo" 2>/dev/null; wait "$demo" 2>/dev/null; rm -rf "$data"' EXIT

dotnet .artifacts/bin/FleetProf.Cli/debug/fleetprof.dll demo --data "$data" --port 0 --no-browser --for "${1:-180s}" >"$log" 2>&1 &
demo=$!
until_said() { until grep -q "$1" "$log"; do kill -0 "$demo" 2>/dev/null || { cat "$log"; exit 1; }; sleep 0.2; done; }

until_said "the first GC pause is visible"
services="$(grep -oE -- '--service [^ ]+ --service [^ ]+' "$log")"
# shellcheck disable=SC2086
fleetprof campaign create --data "$data" $services --kind trace --kind gcdump --duration 5 --wait --no-progress >/dev/null \
  || echo "the campaign has captures without a result"
until_said "captures are recorded and analysed"
until_said " 1.0 against 1.1: [A-Z]"
grep -E "the portal is ready|first GC pause|captures are recorded|is being deployed| 1.0 against" "$log"
