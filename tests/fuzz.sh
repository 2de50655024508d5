#!/usr/bin/env bash
# Fuzzes every reader of foreign bytes that is our own work with AFL++ for a bounded time each, for nightly runs: needs root or sudo once, for Debian's
# afl++. Foreign is what processes, artifacts and their analyzers, agents and strangers say; HTTP, TLS and JSON are read by .NET, Protocol Buffers by their own
# library behind a reader of ours, and what the kernel or this software itself wrote is not foreign.
#   tests/fuzz.sh [SECONDS_PER_READER=60] [READER...]
# Prints a line per reader and fails when one crashed or hung. What did it stays in .artifacts/fuzz/found/READER; a fault that is mended
# gets its input into a test. The heap of each run is limited, as the silo limits the analyzer's.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds="${1:-60}"; shift || true
work="$PWD/.artifacts/fuzz"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

if ! command -v afl-fuzz >/dev/null; then
  as_root=""; [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
  { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends afl++; } >/dev/null 2>&1 || { echo "afl++ could not be installed"; exit 1; }
fi
[ -x "$work/tools/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$work/tools" >/dev/null

# A build of its own: the instrumented assemblies must never be mistaken for the product's.
rm -rf "$work/bin" "$work/seeds" && mkdir -p "$work/runs"
dotnet publish tests/FleetProf.Fuzz -v q -o "$work/bin"
program="$work/bin/FleetProf.Fuzz.dll"
dotnet "$program" seeds "$work/seeds"
for assembly in FleetProf.Measures FleetProf.Analysis FleetProf.Analyzer Microsoft.Diagnostics.Tracing.TraceEvent Microsoft.Diagnostics.FastSerialization; do
  [ ! -f "$work/bin/$assembly.dll" ] || "$work/tools/sharpfuzz" "$work/bin/$assembly.dll"
done
# The readers of agent and silo are compiled into the program.
"$work/tools/sharpfuzz" "$program" FleetProf.Agent. FleetProf.Silo. FleetProf.Contracts.

export AFL_SKIP_BIN_CHECK=1 NO_COLOR=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 DOTNET_GCHeapHardLimit=0x40000000 TMPDIR=/dev/shm
failed=0
for reader in ${*:-$(dotnet "$program" list)}; do
  rm -rf "$work/runs/$reader" "$work/found/$reader"
  afl-fuzz -i "$work/seeds/$reader" -o "$work/runs/$reader" -t 10000 -m none -V "$seconds" -- "$(command -v dotnet)" "$program" "$reader" >"$work/$reader.log" 2>&1 || { echo "$reader: afl-fuzz failed"; tail -n 15 "$work/$reader.log"; failed=1; continue; }
  stats="$work/runs/$reader/default/fuzzer_stats"
  value() { awk -F': *' -v name="$1" '{ gsub(/ /, "", $1) } $1 == name { print $2 }' "$stats"; }
  crashes="$(value saved_crashes)" hangs="$(value saved_hangs)"
  printf '%-16s %s executions, %s/s, corpus %s, %s crashes, %s hangs\n' "$reader" "$(value execs_done)" "$(value execs_per_sec)" "$(value corpus_count)" "$crashes" "$hangs"
  if [ "$((crashes + hangs))" -gt 0 ]; then
    mkdir -p "$work/found/$reader"
    cp "$work/runs/$reader/default/crashes/"id* "$work/runs/$reader/default/hangs/"id* "$work/found/$reader/" 2>/dev/null || true
    failed=1
  fi
done
rm -rf /dev/shm/fleetprof-fuzz-*
exit "$failed"
