using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.AgentProtocol;
using Google.Protobuf;

namespace FleetProf.Fuzz;

/// <summary>Sound input of processes, agents, strangers and analyzers to begin with.</summary>
internal static class PeerSeeds
{
    public static IEnumerable<byte[]> Messages()
    {
        var instance = new Instance { InstanceId = "a1", Service = "shop", Pid = 4_711, GcSettings = { ["System.GC.Server"] = "true" }, Labels = { ["rack"] = "7" } };
        var window = new VitalsWindow
        {
            InstanceId = "a1", WindowStartUnixMs = 1_700_000_000_000, WindowMs = 10_000, GcCounts = { 3, 1, 0 }, HeapAfter = new HeapSizes { Gen2Bytes = 5_000_000 },
            Pauses = { new PauseSketch { Generation = 1, Sketch = ByteString.CopyFrom(FuzzSeeds.Sketches().First()) } }, Longest = { new LongGc { Number = 7, Reason = "AllocSmall", PauseMs = 1.5 } },
        };
        var offer = new UploadOffer { AgentId = "agent", CaptureId = "c-0001", Attempt = 1, SizeBytes = 3, Sha256 = new string('a', 64) };
        yield return new AgentFrame { Inventory = new Inventory { Instances = { instance, instance } } }.ToByteArray();
        yield return new AgentFrame { Vitals = new VitalsBatch { Sequence = 1, Windows = { window, window } } }.ToByteArray();
        yield return offer.ToByteArray();
        yield return new UploadChunk { Offer = offer, Data = ByteString.CopyFrom(1, 2, 3) }.ToByteArray();
    }

    /// <summary>To the question who the process is.</summary>
    public static byte[] IpcAnswer()
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload);
        writer.Write(4_711L);
        writer.Write(new byte[16]);
        foreach (var text in (string[])["dotnet shop.dll --port 80", "Linux", "x64", "shop", "10.0.0"])
        {
            writer.Write((uint)text.Length + 1);
            writer.Write(Encoding.Unicode.GetBytes(text));
            writer.Write((ushort)0);
        }

        writer.Flush();
        return IpcMessage.Create(IpcMessage.Ok, payload.ToArray());
    }

    public static IEnumerable<byte[]> Processes() => Bytes(
        "4711 (shop (1)) S 1 4711 4711 0 -1 4194304 100 0 0 0 12 3 0 0 20 0 14 0 123456 1000000 2500",
        "Name:\tshop\nUid:\t0\t10001\t0\t0\nNSpid:\t4711\t1\nVmRSS:\t100 kB\nRssAnon:\t80 kB\nVmSwap:\t0 kB\nCapEff:\t0000000000080000\nCpus_allowed:\tff,000000ff\n",
        "FLEETPROF_SERVICE=shop\0OTEL_RESOURCE_ATTRIBUTES=service.version=1.2,k8s.pod.name=shop%2D1\0DOTNET_gcServer=1\0PATH=/bin\0",
        "7f0000000000-7f0000001000 r-xp 00000000 08:01 99 /usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.0/libcoreclr.so (deleted)",
        $"0::/kubepods/pod01234567-89ab-cdef-0123-456789abcdef/{new string('a', 64)}\n",
        """{"runtimeOptions":{"configProperties":{"System.GC.Server":true,"System.GC.HeapCount":4}}}""");

    public static IEnumerable<byte[]> CommandLines() => Bytes(
        "dotnet\0--runtimeconfig\0other.json\0shop.dll\0--password\0swordfish\0--urls=http://*:80\0",
        "mysql\0-pswordfish\0-h\0db\0postgres://shop:swordfish@db/shop\0Server=db;Password=sword;fish\0",
        "nginx: worker process --token abc",
        "curl\0-H\0Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln\0-----BEGIN KEY-----\0x\0-----END KEY-----\0");

    /// <summary>A small one that is at hand.</summary>
    public static byte[] Assembly() => File.ReadAllBytes(typeof(SharpFuzz.Fuzzer).Assembly.Location);

    public static byte[] Request() => Signed(request => request.CreateSigningRequest());

    public static byte[] Certificate() => Signed(request =>
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("spiffe://fleetprof/agent/1"));
        request.CertificateExtensions.Add(names.Build());
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = request.CreateSelfSigned(from, from.AddDays(1));
        return certificate.RawData;
    });

    public static IEnumerable<byte[]> Rows() => Bytes(
        """{"kind":"cpu","rows":[{"name":"Shop.Cart.Add","self":12.5,"total":30},{"name":"Shop.Cart.Sum","self":1,"total":1}],"otherSelf":2.5}""");

    private static byte[] Signed(Func<CertificateRequest, byte[]> make)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return make(new CertificateRequest("CN=host", key, HashAlgorithmName.SHA256));
    }

    private static IEnumerable<byte[]> Bytes(params string[] texts) => texts.Select(text => Encoding.UTF8.GetBytes(text));
}
