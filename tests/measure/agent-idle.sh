#!/usr/bin/env bash
# What an idle agent costs: a silo, N idle .NET processes with vitals on, CPU and memory of the agent over a minute.
# In the first minutes nearly half of the CPU is the runtime compiling the agent's hot methods again; the warm-up leaves that out.
# The goal: below 5 ms/s of CPU (0.5 % of a core) and below 80 MB, with 20 processes.
#   dotnet build FleetProf.sln && tests/measure/agent-idle.sh [PROCESSES=20] [SECONDS=60] [WARM_UP_SECONDS=120]
set -euo pipefail
cd "$(dirname "$0")/../.."
processes="${1:-20}" seconds="${2:-60}" warm_up="${3:-120}"
bin="$PWD/.artifacts/bin" work="$(mktemp -d)" children=()
stop() { for pid in "${children[@]}"; do kill -9 "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT

read -r agents http silo gateway < <(python3 - <<'PY'
import socket
sockets = [socket.socket() for _ in range(4)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in sockets])
PY
)
mkfifo "$work/open" && exec 9<>"$work/open"   # an input that never ends keeps the processes waiting
start() { "$@" <&9 >>"$work/log" 2>&1 & children+=($!); }

start dotnet "$bin/FleetProf.Silo/debug/FleetProf.Silo.dll" --FleetProf:Silo:DataFolder="$work/silo" --FleetProf:Silo:AgentListen=127.0.0.1:"$agents" \
  --FleetProf:Silo:HttpListen=127.0.0.1:"$http" --FleetProf:Silo:SiloPort="$silo" --FleetProf:Silo:GatewayPort="$gateway"
for ((i = 0; i < processes; i++)); do start env FLEETPROF_SERVICE=agent-idle dotnet "$bin/GcProbe/debug/GcProbe.dll"; done
# As its unit and its image have it.
start env MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072 dotnet "$bin/FleetProf.Agent/debug/FleetProf.Agent.dll" --FleetProf:Agent:Silo=http://127.0.0.1:"$agents" \
  --FleetProf:Agent:StateFolder="$work/agent" --FleetProf:Agent:Only:0=agent-idle
agent="${children[-1]}"

sleep "$warm_up"
found="$(grep -c 'Found agent-idle' "$work/log" || true)"
grep -q 'Connected to the silo' "$work/log" || { echo "the agent did not connect"; tail -n 20 "$work/log"; exit 1; }
[ "$found" -eq "$processes" ] || { echo "the agent found $found of $processes processes"; exit 1; }
ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$agent/stat"; }
rss() { awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$agent/status"; }
load="$(cut -d' ' -f1 /proc/loadavg)" before="$(ticks)" most=0
for ((i = 0; i < seconds; i += 5)); do sleep 5; now="$(rss)"; most=$((now > most ? now : most)); done
after="$(ticks)"
awk -v ticks="$((after - before))" -v hz="$(getconf CLK_TCK)" -v seconds="$seconds" -v processes="$processes" -v rss="$(rss)" -v most="$most" -v load="$load" \
  'BEGIN { printf "%d idle processes, %d s: CPU %.1f ms/s (%.2f %% of a core), RSS %d MB at the end, %d MB at most; load of the host %s\n", processes, seconds, ticks * 1000 / hz / seconds, ticks * 100 / hz / seconds, rss, most, load }'
