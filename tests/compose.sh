#!/usr/bin/env bash
# Runs docker-compose.yml for real: builds the images, brings everything up, lets two agents join, takes captures of services in two
# containers, exports a flame graph's stacks, kills one of the two silos and captures again, stops and starts everything, and takes it all down. Needs docker and compose; ends with "compose: ok" and how long each step took.
#   tests/compose.sh            build, run, remove
#   tests/compose.sh --keep     leave it running
set -euo pipefail
cd "$(dirname "$0")/.."
project="fleetprof-test-$$" keep="${1:-}" began=$SECONDS
compose() { if docker compose version >/dev/null 2>&1; then docker compose -p "$project" "$@"; else docker-compose -p "$project" "$@"; fi; }
cli() { compose exec -T portal fleetprof "$@"; }
step() { echo "compose: $1 after $((SECONDS - began)) s"; }
fail() {
  compose ps >&2
  for service in silo1 silo2 portal invitation agent-shop agent-office; do compose logs --no-color --tail 20 "$service" >&2; done
  echo "compose: FAILED: $1" >&2
  exit 1
}
until_true() { # SECONDS WHAT COMMAND...
  local limit=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do [ "$SECONDS" -lt "$limit" ] || fail "$what"; sleep 1; done
}
take_down() { compose down --volumes --timeout 20 >/dev/null 2>&1; }
[ "$keep" = --keep ] || trap 'take_down || true' EXIT

# The classic builder works without an image registry in between; restores may need the machine's own network.
for image in silo:silo portal:portal agent:agent workloads:tests/workloads; do
  DOCKER_BUILDKIT=0 docker build --quiet --network host --file "${image#*:}/Dockerfile" --tag "fleetprof/${image%%:*}" . >/dev/null
done
step "images are built"

up=$(compose up -d --no-build 2>&1) || fail "it does not come up: $(tail -n 3 <<<"$up")"
step "everything is up"

sees() { cli instances --output csv | cut -d, -f1-4 | grep -q "$1"; }
until_true 90 "services of both hosts are not seen" eval 'sees checkout && sees catalog && sees reports'
step "both agents have joined and see their services"
[ "$(cli agent list --output csv | grep -c host-)" -eq 2 ] || fail "not two agents"

campaign=$(cli campaign create --service checkout --service reports --kind trace --kind gcdump --duration 10 --wait --output json) || fail "the campaign did not end well"
step "a campaign over both containers has ended"
ready=$(cli captures list --state ready --output csv | grep -cE ',(checkout|reports),' || true)
[ "$ready" -ge 4 ] || fail "$ready captures are ready, 4 wanted; $campaign"
for service in checkout reports; do
  capture=$(cli captures list --service "$service" --kind trace --state ready --output csv | sed -n 2p | cut -d, -f1)
  cli captures export "$capture" --format collapsed --to /tmp/stacks.txt --force >/dev/null || fail "no stacks of $service"
  compose exec -T portal grep -qi "$service" /tmp/stacks.txt || fail "the stacks of $service do not name it"
done
step "flame graphs name the methods of both services"

compose kill -s KILL silo1 >/dev/null 2>&1 || fail "silo1 cannot be killed"
killed=$SECONDS
again() { cli campaign create --service checkout --service reports --kind trace --duration 2 --deadline 60s --wait; }
until_true 120 "no captures after a silo was killed" again
step "silo1 was killed, and captures of both containers are ready again $((SECONDS - killed)) s later,"

compose stop >/dev/null 2>&1 || fail "it cannot be stopped"
up=$(compose up -d --no-build 2>&1) || fail "it does not come up again: $(tail -n 3 <<<"$up")"
until_true 120 "no captures after everything was started again" again
step "everything was stopped and started again, and captures of both containers are ready"
[ "$keep" = --keep ] || { take_down || fail "it cannot be taken down"; trap - EXIT; step "everything is taken down"; }
echo "compose: ok"
