#!/usr/bin/env bash
# Whether the runtime tells how long allocating threads waited for the GC: eight threads allocate under Server GC that adapts to the
# application, a session as the agent's records them, and the samples (dynamic event SizeAdaptationSample) are counted. Needs python3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/app.cs" <<'CS'
var end = Environment.TickCount64 + 20_000;
Console.WriteLine("ready");
var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
{
    var kept = new byte[200][];
    for (var i = 0; Environment.TickCount64 < end; i++) kept[i % 200] = new byte[i % 100 == 0 ? 100_000 : 2_000];
})).ToList();
threads.ForEach(thread => thread.Start());
threads.ForEach(thread => thread.Join());
Console.WriteLine($"collections: {GC.CollectionCount(0)}");
CS
dotnet build "$folder/app.cs" -o "$folder/out" -v q >&2
DOTNET_gcServer=1 python3 - "$folder/out/app.dll" <<'PY'
import glob, socket, struct, subprocess, sys

app = subprocess.Popen(["dotnet", sys.argv[1]], stdout=subprocess.PIPE, text=True)
app.stdout.readline()
port = socket.socket(socket.AF_UNIX)
port.connect(glob.glob(f"/tmp/dotnet-diagnostic-{app.pid}-*-socket")[0])
name = "Microsoft-Windows-DotNETRuntime\0"
body = struct.pack("<IIBI", 16, 1, 0, 1) + struct.pack("<QI", 1, 4) + struct.pack("<I", len(name)) + name.encode("utf-16le") + struct.pack("<I", 0)
port.sendall(b"DOTNET_IPC_V1\0" + struct.pack("<HBBH", 20 + len(body), 2, 3, 0) + body)
trace = b"".join(iter(lambda: port.recv(1 << 16), b""))
print(app.stdout.read().strip())
key, at, samples = "SizeAdaptationSample\0".encode("utf-16le"), 0, []
while (at := trace.find(key, at)) >= 0:
    at += len(key)
    samples.append(struct.unpack_from("<HQIIIIQI", trace, at + 4))
print(f"samples: {len(samples)}, with a wait for small objects: {sum(s[4] > 0 for s in samples)}, for large ones: {sum(s[5] > 0 for s in samples)}")
PY
