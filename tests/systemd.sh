#!/usr/bin/env bash
# Installs silo, portal and agent by the very commands of docs/guides/install.md and lets a real systemd start them, in namespaces of their own over a copy
# of this machine's files that vanishes: the agent joins, watches a service of another user, is captured through, everything comes back
# after kill -9, and is backed up. Needs root, systemd's programs and Linux with overlayfs; ends with "systemd: ok" and how long each step took.
#   tests/systemd.sh                  publishes first
#   tests/systemd.sh ARCHIVE.tar.gz   of portal/FleetProf.Cli/publish.sh
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = --boot ]; then
  # In the new namespaces: the file tree, and then systemd in this process's place.
  files=$2 root=$2/root
  mount -t tmpfs tmpfs "$files/layer"
  mkdir "$files/layer/upper" "$files/layer/work"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$files/layer/upper,workdir=$files/layer/work" "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  for folder in run tmp; do mount -t tmpfs tmpfs "$root/$folder"; done
  chmod 1777 "$root/tmp"
  mount -t sysfs -o ro sysfs "$root/sys"
  if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  else
    mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
    mkdir "$root/sys/fs/cgroup/systemd" "$root/sys/fs/cgroup/unified"
    mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup/unified"
    for controller in memory pids cpu cpuacct; do
      mkdir "$root/sys/fs/cgroup/$controller"
      mount -t cgroup -o "$controller" cgroup "$root/sys/fs/cgroup/$controller"
    done
  fi
  # Nothing of this machine's own services.
  rm -rf "$root"/etc/systemd/system/* "$root"/{etc,lib,usr/lib}/systemd/system/{sysinit,local-fs,multi-user,sockets,timers,basic}.target.wants
  # There is no journal: what services say goes into a file.
  mkdir "$root/etc/systemd/system/service.d"
  printf '[Service]\nStandardOutput=append:/run/said\nStandardError=append:/run/said\n' > "$root/etc/systemd/system/service.d/said.conf"
  printf '[Unit]\nDescription=Nothing yet\n' > "$root/etc/systemd/system/nothing.target"
  mkdir "$root/opt/archive"; cp -r "$files/archive/." "$root/opt/archive"
  ip link set lo up
  mkdir -p "$root/former"
  cd "$root"
  pivot_root . former
  cd /
  umount -l /former
  exec env -i container=fleetprof-test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=nothing.target --log-target=console --show-status=no
fi

files=$(mktemp -d) began=$SECONDS boot=""
step() { echo "systemd: $1 after $((SECONDS - began)) s"; }
inside() { cd /; nsenter --target "$boot" --mount --pid --net --uts --ipc --cgroup --root --wd=/ "$@"; }
cleanup() {
  [ -z "$boot" ] || kill -9 "$boot" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$files"
}
trap cleanup EXIT
fail() {
  for unit in silo portal agent; do inside systemctl status --no-pager --lines 0 "fleetprof-$unit" >&2 || true; done
  inside tail -n 60 /run/said >&2 || tail -n 60 "$files/said" >&2
  echo "systemd: FAILED: $1" >&2
  exit 1
}
until_true() { # SECONDS WHAT COMMAND...
  local limit=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do [ "$SECONDS" -lt "$limit" ] || fail "$what"; sleep 1; done
}

# The block of commands of the guide that has this in it.
guide() { awk -v has="$1" '/^```/ { if (inside && index(block, has)) printf "%s", block; inside = !inside; block = ""; next } inside { block = block $0 "\n" }' docs/guides/install.md; }
install_server=$(guide "enable --now fleetprof-silo") make_token=$(guide "agent token create --uses") install_agent=$(guide "enable --now fleetprof-agent") back_up=$(guide "fleetprof backup")

mkdir "$files/layer" "$files/root" "$files/archive"
archive=${1:-}
if [ -z "$archive" ]; then
  portal/FleetProf.Cli/publish.sh "$files/published" > /dev/null
  archive=$(ls "$files"/published/*.tar.gz)
fi
cp "$archive" "$files/archive/$(grep -om 1 'fleetprof-[0-9][^ ]*\.tar\.gz' <<< "$install_server")"
for workload in Checkout LoadDriver; do
  dotnet publish "tests/workloads/$workload" --configuration Release --output "$files/archive/demo" -v q > /dev/null
done
step "everything is built"

unshare --mount --pid --fork --net --uts --ipc --cgroup bash "$0" --boot "$files" > "$files/said" 2>&1 &
outer=$!
until_true 30 "systemd does not start" eval 'boot=$(pgrep -P "$outer") && grep -q "^systemd$" "/proc/$boot/comm"'
until_true 30 "systemd does not answer" inside systemctl is-active nothing.target
step "systemd $(inside systemctl --version | sed -n '1s/systemd \([0-9]*\).*/\1/p') runs"

inside bash -euc '
  mkdir -p /etc/fleetprof
  # The folders that several silos, or portals, would share; their user is not there yet.
  install -d -m 1777 /srv/fleetprof /srv/fleetprof-portal
  printf "%s\n" FleetProf__Silo__AgentListen=127.0.0.1:7443 FleetProf__Enrolment__Listen=127.0.0.1:7444 FleetProf__Enrolment__Names__0=localhost \
    FleetProf__Silo__Artifacts=/srv/fleetprof/artifacts FleetProf__Enrolment__AuthorityFolder=/srv/fleetprof/authority > /etc/fleetprof/silo.env
  echo FleetProf__Portal__DataFolder=/srv/fleetprof-portal/data > /etc/fleetprof/portal.env
  chmod 0600 /etc/fleetprof/silo.env /etc/fleetprof/portal.env'
as_the_guide() { inside bash -euc "cd /opt/archive
$1"; }
as_the_guide "$install_server" > /dev/null 2>&1 || fail "silo and portal do not start"
cli() { inside fleetprof --data /var/lib/fleetprof-portal "$@"; }
until_true 60 "the portal does not answer" cli services
step "silo and portal answer"

inside bash -euc '
  useradd --system --home /nonexistent shop
  mkdir -p /etc/systemd/system
  unit() { printf "[Service]\nUser=shop\nEnvironment=%s\nExecStart=%s\n" "$2" "$3" > "/etc/systemd/system/$1.service"; }
  unit checkout "FLEETPROF_SERVICE=checkout FLEETPROF_VERSION=1.0 ASPNETCORE_URLS=http://127.0.0.1:8000" "$(command -v dotnet) /opt/archive/demo/Checkout.dll --release 1.0"
  unit visitors "FLEETPROF_SERVICE=visitors" "$(command -v dotnet) /opt/archive/demo/LoadDriver.dll POST http://127.0.0.1:8000/orders/100 50"
  systemctl daemon-reload
  systemctl start checkout visitors' || fail "the watched service does not start"
as_the_guide "$make_token" > /dev/null || fail "no token is made"
as_the_guide "$install_agent" > /dev/null 2>&1 || fail "the agent does not start"
sees() { cli instances --output csv | cut -d, -f1-4 | grep -q checkout; }
until_true 60 "the agent does not see the service of another user" sees
step "the agent has joined and sees a service of another user"

# What the programs really got, not what their units say.
status() { inside bash -c "grep -E '^$2:' /proc/\$(systemctl show --property MainPID --value fleetprof-$1)/status" | tr -d '[:space:]' | cut -d: -f2; }
for unit in silo portal agent; do [ "$(status $unit NoNewPrivs)" = 1 ] || fail "$unit may gain privileges"; done
for unit in silo portal agent; do [ "$(status $unit Seccomp)" = 2 ] || fail "$unit has no filter of system calls"; done
for unit in silo portal; do [ "$(status $unit CapEff)" = 0000000000000000 ] || fail "$unit has capabilities"; done
# DAC_OVERRIDE is 1, SYS_PTRACE 19.
[ "$(status agent CapEff)" = 0000000000080002 ] || fail "the agent has the capabilities $(status agent CapEff)"
[ "$(inside systemctl show --property MemoryMax --value fleetprof-agent)" = $((256 << 20)) ] || fail "the agent's memory is not bounded"
[ "$(inside systemctl show --property MemoryMax --value fleetprof-silo)" = $((4 << 30)) ] || fail "the silo's memory is not bounded"

campaign() { cli campaign create --service checkout --kind trace --kind gcdump --duration 5 --deadline 60s --wait; }
campaign > /dev/null || fail "captures do not end well"
ready=$(cli captures list --state ready --output csv | grep -c ',checkout,' || true)
[ "$ready" -ge 2 ] || fail "$ready captures are ready, 2 wanted"
if setpriv --reuid nobody --clear-groups unshare --user --map-root-user --net --mount --ipc --uts --pid --fork true 2> /dev/null; then
  inside grep -q 'Analyzers run with isolation Room' /run/said || fail "analyzers are not apart, though this machine lets users make namespaces"
fi
step "trace and heap snapshot are ready"

running=()
for unit in agent silo portal; do running+=("$(inside systemctl show --property MainPID --value "fleetprof-$unit")"); done
is_down() { ! inside systemctl is-active --quiet "fleetprof-$1"; }
killed=$SECONDS
inside kill -9 "${running[@]}"
# Sooner than the first of them is started again, which is after five seconds.
for unit in agent silo portal; do until_true 2 "$unit is active though it was killed" is_down "$unit"; done
for unit in agent silo portal; do until_true 60 "$unit is not started again" inside systemctl is-active --quiet "fleetprof-$unit"; done
until_true 120 "no captures after everything was killed" campaign
step "agent, silo and portal were killed at once, and captures are ready again $((SECONDS - killed)) s after that,"

as_the_guide "$back_up" > "$files/backup" 2>&1 || { cat "$files/backup" >&2; fail "no backup is made"; }
inside bash -c 'test -s /backup/*/manifest.json' || fail "the backup has no manifest"
step "the silo is backed up"

inside bash -c 'echo FleetProf__Silo__AgentListen=nonsense > /etc/fleetprof/silo.env; systemctl stop fleetprof-agent fleetprof-portal fleetprof-silo'
for unit in agent silo portal; do
  [ "$(inside systemctl show --property Result --value "fleetprof-$unit")" = success ] || fail "$unit did not stop well"
done
inside systemctl start fleetprof-silo || true
until_true 30 "a silo with a wrong setting does not end" eval '[ "$(inside systemctl show --property ExecMainStatus --value fleetprof-silo)" = 2 ]'
sleep 7 # Longer than RestartSec.
[ "$(inside systemctl show --property ActiveState --value fleetprof-silo)" = failed ] || fail "a silo with a wrong setting is started over and over"
step "all stop in time, and a wrong setting is not tried again,"
echo "systemd: ok"
