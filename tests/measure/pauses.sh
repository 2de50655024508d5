#!/usr/bin/env bash
# GC pauses and their causes against the truth, in one run:
#   (a) every pause of 20 recordings against TraceEvent's own analysis of the same bytes; aim: equal to 1 us
#   (b) the sum of pauses against the process's own GC.GetTotalPauseDuration; aim: explained to 1 %
#   (c) quantile errors of sketches of a million values, merged in any order; aim: at most 1 %
#   (d) causes that a workload plants on purpose, and workloads that are well; aim: 90 % right, none wrong
#   (e) CPU of our reader per GC event beside a reader made of TraceEvent; aim: a fifth
# Planting throttling needs the right to make control groups; without it that cause is left out and said so.
#   tests/measure/pauses.sh [COLLECTIONS_PER_CAUSE=30]
set -euo pipefail
cd "$(dirname "$0")/../.."
dotnet build tests/workloads/GcProbe -v q -m:1 --nologo >/dev/null
dotnet build -c Release tests/FleetProf.Benchmarks -v q -m:1 --nologo >/dev/null
echo "$(date -u +%F), $(nproc) processors, $(uname -sr), .NET $(dotnet --version), load of the host $(cut -d' ' -f1 /proc/loadavg)"
dotnet .artifacts/bin/FleetProf.Benchmarks/release/FleetProf.Benchmarks.dll pauses "${1:-30}"
