#!/usr/bin/env bash
# How soon captures flow again when the one silo of `fleetprof up` (SQLite, no second silo) is killed with kill -9 and started again by it:
# seconds until a campaign is acknowledged, until its recording of one second has begun, and until its result can be fetched.
# Waits a minute between kills, because what dies sooner is started again later. Needs python3. The goal: begun again within 5 s.
#   dotnet build FleetProf.sln && tests/measure/embedded-restart.sh [KILLS=5] [PROGRAM]
# PROGRAM is the fleetprof of portal/FleetProf.Cli/publish.sh, with its programs beside it (what was built).
set -euo pipefail
cd "$(dirname "$0")/../.."
bin="$PWD/.artifacts/bin" data="$(mktemp -d)" children=()
if [ $# -gt 1 ]; then fleetprof=("$(realpath "$2")"); else fleetprof=(dotnet "$bin/FleetProf.Cli/debug/fleetprof.dll"); fi
stop() { for pid in "${children[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$data"; }
trap stop EXIT
mkfifo "$data/open" && exec 9<>"$data/open"   # an input that never ends keeps the processes waiting

FLEETPROF_SERVICE=embedded-restart dotnet "$bin/GcProbe/debug/GcProbe.dll" <&9 >/dev/null 2>&1 & children+=($!)
"${fleetprof[@]}" up --data "$data" --port 0 --no-browser <&9 >"$data/up.log" 2>&1 & children+=($!)

python3 - "$data" "${1:-5}" <<'PY' || { tail -n 20 "$data/up.log"; exit 1; }
import glob, json, os, signal, statistics, sys, time, urllib.error, urllib.request, uuid

data, kills = sys.argv[1], int(sys.argv[2])
spec = {"name": "embedded-restart", "selector": {"services": ["embedded-restart"]}, "kinds": ["trace"], "sampleSize": 1, "durationSeconds": 1}

def call(path, body=None, key=None):
    with open(f"{data}/connection.json") as file: connection = {name.lower(): value for name, value in json.load(file).items()}
    headers = {"Authorization": f"Bearer {connection['token']}", "Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
    request = urllib.request.Request(connection["url"].rstrip("/") + path, json.dumps(body).encode() if body else None, headers)
    with urllib.request.urlopen(request, timeout=5) as answer: return json.load(answer)

def until(limit, what, ask):
    end, last = time.monotonic() + limit, None
    while time.monotonic() < end:
        try:
            if found := ask(): return found
        except (OSError, ValueError, KeyError) as away:
            last = away.read()[:300] if isinstance(away, urllib.error.HTTPError) else away
        time.sleep(0.03)
    sys.exit(f"{what} did not come within {limit} s; last: {last}")

def silo():
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try: words = open(path).read().split("\0")
        except OSError: continue
        if any(word.endswith(("/FleetProf.Silo", "/FleetProf.Silo.dll")) for word in words[:3]) and any(data in word for word in words): return int(path.split("/")[2])

def captured(began):
    """Seconds from `began` to the acknowledgement, the begun recording and the result of the first campaign that ends well."""
    while True:
        key = uuid.uuid4().hex
        campaign = until(60, "an acknowledgement", lambda: call("/api/v1/campaigns", spec, key).get("operationId"))
        acknowledged, collecting = time.monotonic() - began, None
        def target():
            nonlocal collecting
            [one] = call(f"/api/v1/campaigns/{campaign}")["targets"]
            if collecting is None and (one["state"] not in ("pending", "running") or one.get("phase") == "collecting"): collecting = time.monotonic() - began
            return one if one["state"] not in ("pending", "running", "analysing") else None
        end = until(180, "an end of the capture", target)
        if end["state"] == "ready": return acknowledged, collecting, time.monotonic() - began
        print(f"  a capture ended as {end['state']} {end.get('failure')}; another one", file=sys.stderr)

watched = lambda: any(one["state"] == "running" for one in call("/api/v1/instances?service=embedded-restart&limit=10"))
until(120, "the process in the portal", watched)
for _ in range(2): captured(time.monotonic())
rows = []
for number in range(kills):
    time.sleep(61)
    until(30, "the process in the portal", watched)
    os.kill(silo(), signal.SIGKILL)
    rows.append(captured(time.monotonic()))
    print(f"kill {number + 1}: acknowledged after %.2f s, recording after %.2f, result after %.2f" % rows[-1], flush=True)
print("median: acknowledged after %.2f s, recording after %.2f, result after %.2f" % tuple(statistics.median(column) for column in zip(*rows)))
print(f"begun again within 5 s: {sum(row[1] <= 5 for row in rows)} of {len(rows)}; result within 5 s: {sum(row[2] <= 5 for row in rows)} of {len(rows)}")
PY
