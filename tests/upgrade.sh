#!/usr/bin/env bash
# Upgrades a fleet of an older commit to this tree for real, as docs/guides/scale-out.md says it, and takes one silo back for a while: builds the older
# commit in a temporary folder, starts two silos of it on a PostgreSQL of their own, a portal, and two agents that join by token and use mutual TLS, and
# replaces one part after the other, silos while they are captured through. Needs PostgreSQL's programs (tests/run.sh installs them), no network
# where the packages of the build are there, and some fifteen minutes. Prints a line for each step and "upgrade: N steps passed, N failed"; fails when one did.
#   tests/upgrade.sh [COMMIT]
# COMMIT may be behind by one step of the database at most, as a silo serves beside one step more than it knows. By default it is the commit that brought the
# step before this tree's newest: the oldest that this tree must be able to run beside, so that nothing between the two is left out.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
umask 022

files=$(mktemp -d) began=$SECONDS run=""
cleanup() {
  # It ends all that it has started.
  [ -z "$run" ] || { kill "$run" 2>/dev/null || true; wait "$run" 2>/dev/null || true; }
  rm -rf "$files"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP
step() { echo "upgrade: $1 after $((SECONDS - began)) s"; }
fail() { echo "upgrade: FAILED: $1" >&2; exit 1; }
# In a container the checkout may be another user's.
history_of() { git -c safe.directory="$PWD" "$@"; }
build() { # PROJECT OPTION...
  local project=$1; shift
  dotnet build "$project" -v q "$@" >"$files/build.log" 2>&1 || { tail -n 30 "$files/build.log" >&2; fail "$project cannot be built"; }
}

migrations=silo/FleetProf.Silo/Storage/Migrations
steps=("$migrations"/*.sql)
commit=${1:-$(history_of log -1 --diff-filter=A --format=%h -- "${steps[-2]}")}
[ -n "$commit" ] && history_of rev-parse --quiet --verify "$commit^{commit}" >/dev/null || fail "there is no commit '$commit' here; a shallow clone has too few"
older=$(history_of ls-tree --name-only "$commit" "$migrations/" | wc -l)
[ "$older" -le "${#steps[@]}" ] && [ "$((${#steps[@]} - older))" -le 1 ] || fail "$commit has $older steps of the database and this tree ${#steps[@]}: that is more than one apart"
echo "upgrade: from $(history_of log -1 --format='%h of %cs' "$commit") with $older steps of the database to this tree with ${#steps[@]}"

mkdir "$files/older"
history_of archive "$commit" | tar -x -C "$files/older"
# What is known of its packages by now is not what is tried here, and asking needs a network.
build "$files/older/portal/FleetProf.Cli" -p:NuGetAudit=false --disable-build-servers
step "the older commit is built"
build tests/FleetProf.Faults
step "this tree is built"

dotnet .artifacts/bin/FleetProf.Faults/debug/FleetProf.Faults.dll upgrade --old "$files/older/.artifacts/bin" &
run=$!
wait "$run" && code=0 || code=$?
run=""
exit "$code"
