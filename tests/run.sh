#!/usr/bin/env bash
# Builds everything and runs every test project that has tests. Ends with the lines "N skipped" and "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Agents take no policy file that its group may write to, as a person's own files are on some systems.
umask 022

# The tests of pages drive a real browser, those of Go a real Go program, those of the catalog a real PostgreSQL, those of buckets a real Swift.
missing=""
[ -x "${FLEETPROF_CHROMIUM:-/usr/bin/chromium}" ] || missing="$missing chromium"
command -v go >/dev/null || missing="$missing golang-go"
# The Helm chart is rendered by Go's templates with the functions that Helm has.
[ -d /usr/share/gocode/src/github.com/Masterminds/sprig ] || missing="$missing golang-github-masterminds-sprig-dev"
[ -d /usr/share/gocode/src/gopkg.in/yaml.v3 ] || missing="$missing golang-gopkg-yaml.v3-dev"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -d /usr/lib/python3/dist-packages/swift ] || missing="$missing python3-swift"
# Faults lose packets and set the clocks of processes; what is not there is skipped.
[ -x /usr/sbin/iptables ] || missing="$missing iptables"
{ command -v cc >/dev/null && [ -e /usr/include/stdio.h ]; } || missing="$missing gcc libc6-dev"
if [ -n "$missing" ] && command -v apt-get >/dev/null; then
  as_root=""; [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
  echo "installing$missing"
  # Every test run has a PostgreSQL cluster of its own; the package need not create and start one for the machine. What says so goes again, or one that somebody installs later would come without.
  no_cluster=""
  case "$missing" in *postgresql*) [ -e /etc/postgresql-common ] || { $as_root sh -c 'mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf' && no_cluster=yes; } ;; esac
  { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 apt-get install -y -qq --no-install-recommends $missing; } >/dev/null 2>&1 \
    || echo "these could not be installed:$missing; install them, or name a browser in FLEETPROF_CHROMIUM"
  [ -z "$no_cluster" ] || $as_root sh -c 'rm -f /etc/postgresql-common/createcluster.conf; rmdir /etc/postgresql-common 2>/dev/null || true'
fi

dotnet build FleetProf.sln -v q || { echo "the build failed"; echo "0 passed, 1 failed"; exit 1; }

# First alone the demo's story: beside others it comes out otherwise. Then two lanes side by side, because most of the time a test waits. An agent
# watches every .NET process of its host, and tests count the sessions in a target: what starts agents or records processes stays in the first lane,
# one project after the other. The two that take longest of the others are the second; the rest, which take a minute or less, follow in the first.
alone=(Story) first=(EndToEnd Agent Faults Analyzer Cli) second=(Portal Silo)
for project in tests/*.Tests/*.csproj; do
  name="$(basename "$project" .Tests.csproj)"; name="${name#FleetProf.}"
  [[ " ${alone[*]} ${first[*]} ${second[*]} " == *" $name "* ]] || first+=("$name")
done

logs="$(mktemp -d)"
trap 'rm -rf "$logs"' EXIT

run_lane() {
  local name project filter
  for name in "$@"; do
    project="$name" filter=""
    case "$name" in
      Story) project=EndToEnd filter="FullyQualifiedName~EndToEnd.Tests.Demo|FullyQualifiedName~EndToEnd.Tests.Browser" ;;
      EndToEnd) filter="FullyQualifiedName!~EndToEnd.Tests.Demo&FullyQualifiedName!~EndToEnd.Tests.Browser" ;;
    esac
    # A test that hangs ends its project and is named, instead of holding up the run until somebody looks.
    dotnet test ".artifacts/bin/FleetProf.$project.Tests/debug/FleetProf.$project.Tests.dll" ${filter:+--filter "$filter"} --blame-hang-timeout 6m --blame-hang-dump-type none \
      --results-directory "$logs/$name" >"$logs/$name.out" 2>&1 </dev/null
    echo $? >"$logs/$name.code"
    echo "$name"
  done
}

passed=0 failed=0 skipped=0 ended=0
while read -r name; do
  output="$(cat "$logs/$name.out")"; code="$(cat "$logs/$name.code")"; ended=$((ended + 1))
  echo "$output" | grep -vE '^(A total of|Starting test|Test run for|VSTest version|  Determining|\s*$)'
  summary="$(grep -E 'Failed: +[0-9]+, Passed: +[0-9]+' <<<"$output" | tail -n 1)"
  if [[ "$summary" =~ Failed:\ +([0-9]+),\ Passed:\ +([0-9]+)(,\ Skipped:\ +([0-9]+))? ]]; then
    failed=$((failed + BASH_REMATCH[1])); passed=$((passed + BASH_REMATCH[2])); skipped=$((skipped + ${BASH_REMATCH[4]:-0}))
    [ "$code" -eq 0 ] || [ "${BASH_REMATCH[1]}" -gt 0 ] || failed=$((failed + 1))
  else
    echo "$name: ended without a summary (exit code $code)"; failed=$((failed + 1))
  fi
# The second lane measures no programs: there, code that counts itself to be compiled once more (PGO) is a twelfth of the processor time for nothing.
done < <(run_lane "${alone[@]}"; run_lane "${first[@]}" & DOTNET_TieredPGO=0 run_lane "${second[@]}" & wait)

missed=$((${#alone[@]} + ${#first[@]} + ${#second[@]} - ended))
[ "$missed" -eq 0 ] || { echo "$missed projects did not run to their end"; failed=$((failed + missed)); }
echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
