#!/usr/bin/env bash
# Builds what is given to hosts: programs that need no runtime, one folder and one archive per system, with checksums and a bill of materials.
#   portal/FleetProf.Cli/publish.sh [FOLDER] [SYSTEM...]      default: .artifacts/publish/files linux-x64
# SYSTEM is a runtime identifier (linux-x64, linux-arm64, linux-musl-x64). Everything comes from this repository and the package registry.
set -euo pipefail
cd "$(dirname "$0")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
out="$(realpath -m "${1:-.artifacts/publish/files}")"; shift || true
[ $# -gt 0 ] || set -- linux-x64
version="$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)"
mkdir -p "$out"

# Restores for one system go without the lock files (Directory.Build.props), so what these name is compared with its hashes first.
dotnet restore FleetProf.sln --locked-mode -v q

for system in "$@"; do
  name="fleetprof-$version-$system" folder="$out/fleetprof-$version-$system"
  rm -rf "$folder"; mkdir -p "$folder"
  one_file() { dotnet publish "$1" --configuration Release --runtime "$system" --self-contained -p:PublishSingleFile=true --output "$2" -v q "${@:3}"; }
  one_file agent/FleetProf.Agent "$folder"
  # Compiled beforehand is what people wait for: a silo that was restarted, an analysis, a command. The agent starts seldom, and has less resident without it.
  compiled=-p:PublishReadyToRun=true
  one_file silo/FleetProf.Analyzer "$folder" "$compiled"
  one_file silo/FleetProf.Silo "$folder/FleetProf.Silo" "$compiled"
  ln -s ../FleetProf.Analyzer "$folder/FleetProf.Silo/FleetProf.Analyzer"
  one_file portal/FleetProf.Portal "$folder/FleetProf.Portal" "$compiled"
  # The CLI last: it brings nothing of the others, which it finds beside it.
  one_file portal/FleetProf.Cli "$folder" "$compiled"
  find "$folder" \( -name '*.pdb' -o -name '*.xml' -o -name '*.runtimeconfig.json' -o -name vendor.json -path '*opentelemetry-proto*' \) -delete; find "$folder" -type d -empty -delete
  cp LICENSE "$folder"; cp -r agent/systemd "$folder/systemd"; cp silo/systemd/* portal/systemd/* "$folder/systemd"
  tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner -czf "$out/$name.tar.gz" "$name"
done

# .NET itself is in each program too, and no package that the tool knows: what was put together for a system says which it is.
bill_runtime() { # BILL SYSTEM DEPS
  sed -n 's|^ *"runtimepack\.\(.*\)/\(.*\)": {.*|    { "type": "framework", "bom-ref": "pkg:nuget/\1@\2", "name": "\1", "version": "\2", "purl": "pkg:nuget/\1@\2" },|p' "$3" \
    | sort -u | sed -i '/^  "components": \[$/r /dev/stdin' "$1"
  grep -qF "\"name\": \"Microsoft.NETCore.App.Runtime.$2\"" "$1" || { echo "$1 does not say which .NET the program for $2 has" >&2; return 1; }
}

# What is inside, by package and version: a CycloneDX bill of each program that is shipped. Not --recursive: it takes packages of projects too that are
# built beside a program and are not in it; packages of those that are in it stand in the program's own list.
dotnet tool restore >/dev/null
for project in agent/FleetProf.Agent silo/FleetProf.Silo silo/FleetProf.Analyzer portal/FleetProf.Portal portal/FleetProf.Cli; do
  name="$(basename "$project")"
  dotnet restore "$project" -v q
  dotnet tool run dotnet-CycloneDX -- "$project/$name.csproj" --disable-package-restore --set-version "$version" \
    --output "$out" --filename "$name-$version.cdx.json" --output-format Json >/dev/null
  for system in "$@"; do bill_runtime "$out/$name-$version.cdx.json" "$system" ".artifacts/obj/$name/release_$system/"*.deps.json; done
done
(cd "$out" && sha256sum ./*.tar.gz ./*.cdx.json > SHA256SUMS)
ls -la "$out"
