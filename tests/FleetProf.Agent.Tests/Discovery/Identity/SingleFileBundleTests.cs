using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Tests.Discovery.Identity;

/// <summary>Programs laid out as the SDK's bundler does it. The reader was tried on published programs of .NET 10 as well.</summary>
public sealed class SingleFileBundleTests : IDisposable
{
    private const string Configuration = """{"runtimeOptions":{"configProperties":{"System.GC.Server":true,"System.GC.Concurrent":false}}}""";
    private static readonly byte[] Mark = SHA256.HashData(".net core bundle\n"u8);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fp-bundle-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(1000)]
    [InlineData((256 * 1024) - 50)]
    [InlineData((256 * 1024) - 10)]
    [InlineData(11_775_400)]
    public void Configuration_OfABundle_IsFoundWhereverTheMarkLies(int host) =>
        Assert.Equal(Configuration, SingleFileBundle.Open(new MemoryStream(Bundle(host)))!.ReadRuntimeConfiguration());

    [Fact]
    public void Configuration_OfAProgramWithoutFilesInside_IsNone()
    {
        Assert.Null(SingleFileBundle.Open(new MemoryStream([.. new byte[100], .. new byte[8], .. Mark, .. new byte[100]])));
        Assert.Null(SingleFileBundle.Open(new MemoryStream(new byte[70_000])));
        Assert.Null(SingleFileBundle.Open(new MemoryStream()));
    }

    [Fact]
    public void Configuration_OfADamagedBundle_IsNeverAnException()
    {
        var (random, whole) = (new Random(1), Bundle(100));
        for (var round = 0; round < 5000; round++)
        {
            var bytes = (byte[])whole.Clone();
            // Its tables are at the end.
            for (var i = 0; i < 3; i++) bytes[^random.Next(1, round % 2 == 0 ? 200 : bytes.Length)] = (byte)random.Next(256);
            var bundle = SingleFileBundle.Open(new MemoryStream(round % 5 == 0 ? bytes[..random.Next(bytes.Length)] : bytes));
            bundle?.ReadRuntimeConfiguration();
            bundle?.ReadFile("shop.dll");
            bundle?.ReadFile("small.txt");
        }
    }

    [Fact]
    public void Mode_OfASingleFileProgram_IsThatOfTheConfigurationInside()
    {
        File.WriteAllBytes(Path.Combine(folder.FullName, "shop"), Bundle(1000));
        using var root = TargetRoot.At(folder.FullName);
        var file = GcConfiguration.ReadFile(root, new EntryAssembly("shop", "/shop.dll") { Executable = "/shop" });
        Assert.Equal("server datas non-concurrent", GcConfiguration.Resolve(ProcessEnvironment.Parse([]), file, new Version(10, 0), 8).Mode);
        Assert.Null(GcConfiguration.ReadFile(root, new EntryAssembly("shop", "/shop.dll")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Version_OfASingleFileProgram_IsThatOfTheAssemblyInside(bool isCompressed)
    {
        File.WriteAllBytes(Path.Combine(folder.FullName, "shop"), Bundle(1000, isCompressed));
        using var root = TargetRoot.At(folder.FullName);
        using var ours = TargetRoot.At("/");
        var expected = new EntryAssembly("x", Own).ReadVersion(ours);
        Assert.NotNull(expected);
        Assert.Equal(expected, new EntryAssembly("shop", "/shop.dll") { Executable = "/shop" }.ReadVersion(root));
        Assert.Null(new EntryAssembly("other", "/other.dll") { Executable = "/shop" }.ReadVersion(root));
    }

    [Fact]
    public void Program_OfWhichBothAreAsked_IsLookedIntoOnce()
    {
        var program = Path.Combine(folder.FullName, "shop");
        File.WriteAllBytes(program, Bundle(1000));
        using var root = TargetRoot.At(folder.FullName);
        EntryAssembly entry = new("shop", "/shop.dll") { Executable = "/shop" };
        Assert.NotNull(entry.ReadVersion(root));

        File.Delete(program);

        Assert.Equal(Configuration, GcConfiguration.ReadFile(root, entry));
    }

    [Fact]
    public void Mode_OfAProgramWithItsFileBeside_IsThatOfTheFile()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "shop.runtimeconfig.json"), """{"runtimeOptions":{}}""");
        File.WriteAllBytes(Path.Combine(folder.FullName, "shop"), Bundle(1000));
        using var root = TargetRoot.At(folder.FullName);
        Assert.Equal("""{"runtimeOptions":{}}""", GcConfiguration.ReadFile(root, new EntryAssembly("shop", "/shop.dll") { Executable = "/shop" }));
    }

    private static string Own => typeof(SingleFileBundleTests).Assembly.Location;

    /// <summary>The configuration, an assembly, and a small file.</summary>
    private static byte[] Bundle(int host, bool isCompressed = false)
    {
        (string Name, byte[] Bytes)[] contents = [("shop.runtimeconfig.json", Encoding.UTF8.GetBytes(Configuration)), ("shop.dll", File.ReadAllBytes(Own)), ("small.txt", new byte[10])];
        var file = new MemoryStream();
        using var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true);
        writer.Write(new byte[host + sizeof(long)]);
        writer.Write(Mark);
        writer.Write(new byte[500]);
        var places = new List<(string Name, long Offset, long Size, long Stored)>();
        foreach (var (name, bytes) in contents)
        {
            // The configuration is never compressed.
            var stored = isCompressed && places.Count > 0 ? Deflate(bytes) : bytes;
            places.Add((name, file.Position, bytes.Length, stored == bytes ? 0 : stored.Length));
            writer.Write(stored);
        }
        var header = file.Position;
        // Version 6.0, how many files, the id, then offsets and sizes of the dependencies' file and of the configuration, and flags.
        writer.Write(6u);
        writer.Write(0u);
        writer.Write(places.Count);
        writer.Write("E5g2tk8yJUK7");
        writer.Write(0L);
        writer.Write(0L);
        writer.Write(places[0].Offset);
        writer.Write(places[0].Size);
        writer.Write(1UL);
        foreach (var (name, offset, size, stored) in places)
        {
            writer.Write(offset);
            writer.Write(size);
            writer.Write(stored);
            writer.Write((byte)1);
            writer.Write(name);
        }
        file.Position = host;
        writer.Write(header);
        return file.ToArray();
    }

    private static byte[] Deflate(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(bytes);
        return packed.ToArray();
    }
}
