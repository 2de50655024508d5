using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Tests.Captures;

public sealed class CaptureDownloadTests : IDisposable
{
    private static readonly byte[] Content = [1, 2, 3, 0, 255];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-cli-");
    private readonly StubPortal _portal = new StubPortal()
        .On("GET /api/v1/captures/c1-0000/files", new[] { Listed("cpu.csv"), Listed("original.nettrace") })
        .On("GET /api/v1/captures/cut/files", Array.Empty<CaptureFile>())
        .On("GET /api/v1/captures/go/files", new[] { Listed("alloc.pb.gz"), Listed("original.pb.gz") })
        .On("GET /api/v1/captures/go/files/original.pb.gz", new StubAnswer(200, "application/gzip", Content) { Disposition = "attachment; filename=stock-alloc-go.pb.gz; filename*=UTF-8''stock-alloc-go.pb.gz" })
        .On("GET /api/v1/captures/go/export?format=pprof", new StubAnswer(200, "application/gzip", Content) { Disposition = "attachment; filename=\"../../.bashrc\"" })
        .On("GET /api/v1/captures/c1-0000/files/original.nettrace", new StubAnswer(200, "application/octet-stream", Content))
        .On("GET /api/v1/captures/c1-0000/export?format=pprof", new StubAnswer(200, "application/gzip", Content))
        .On("GET /api/v1/captures/large/files/original.nettrace", new StubAnswer(200, "application/octet-stream", new byte[100_000]))
        .On("GET /api/v1/captures/cut/files/original.nettrace", new StubAnswer(200, "application/octet-stream", Content, MissingBytes: 10));

    private string Target => Path.Combine(_folder.FullName, "file");

    [Theory]
    [InlineData("captures get c1-0000")]
    [InlineData("captures export c1-0000 --format pprof")]
    public async Task Download_ToFile_IsByteIdentical(string line)
    {
        var run = await CliRun.OfAsync(_portal, [.. line.Split(' '), "--to", Target]);

        Assert.Equal((0, $"{Target}\n"), (run.ExitCode, run.Out));
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public async Task Download_ToStdout_IsNothingButTheBytes()
    {
        using var bytes = new MemoryStream();
        var environment = new Dictionary<string, string> { ["FLEETPROF_URL"] = _portal.Url, ["FLEETPROF_TOKEN"] = StubPortal.Token };

        var run = await CliRun.OfAsync(environment, ["captures", "get", "c1-0000", "--to", "-"], bytes: bytes);

        Assert.Equal((0, "", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(Content, bytes.ToArray());
    }

    [Fact]
    public async Task Download_OverAFile_NeedsForce()
    {
        await File.WriteAllTextAsync(Target, "mine", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Usage, (await CliRun.OfAsync(_portal, "captures", "get", "c1-0000", "--to", Target)).ExitCode);
        Assert.Equal("mine", await File.ReadAllTextAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await CliRun.OfAsync(_portal, "captures", "get", "c1-0000", "--to", Target, "--force")).ExitCode);
    }

    [Fact]
    public async Task Download_CutOff_LeavesNoFile()
    {
        var run = await CliRun.OfAsync(_portal, "captures", "get", "cut", "--to", Target);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public async Task Download_CutOffOnTheWayToStdout_IsUnreachable()
    {
        var run = await CliRun.OfAsync(_portal, "captures", "get", "cut", "--to", "-");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.StartsWith("fleetprof: The portal's answer broke off: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Download_OntoAFullDisk_BlamesTheDiskAndNotTheNetwork()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /dev/full.");
        File.CreateSymbolicLink($"{Target}.part", "/dev/full");

        var run = await CliRun.OfAsync(_portal, "captures", "get", "large", "original.nettrace", "--to", Target);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains($"{Target} cannot be written", run.Error, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFiles());
    }

    [Theory]
    [InlineData("captures get go", "stock-alloc-go.pb.gz")]
    [InlineData("captures export go --format pprof", "_.._.bashrc")]
    [InlineData("captures export c1-0000 --format pprof", "c1-0000.pprof")]
    public async Task Download_WithoutAName_IsNamedByTheServerInTheWorkingFolder(string line, string name)
    {
        var file = Path.Combine(Directory.GetCurrentDirectory(), name);
        File.Delete(file);
        try
        {
            Assert.Equal((0, $"{file}\n"), await CliRun.OfAsync(_portal, line.Split(' ')) is var run ? (run.ExitCode, run.Out) : default);
            Assert.Equal(Content, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            Assert.Equal(ExitCode.Usage, (await CliRun.OfAsync(_portal, line.Split(' '))).ExitCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/no/such/folder/file")]
    public async Task Download_IntoNoFolder_IsAUsageError(string file) =>
        Assert.Equal(ExitCode.Usage, (await CliRun.OfAsync(_portal, "captures", "get", "c1-0000", "--to", file)).ExitCode);

    private static CaptureFile Listed(string name) => new() { Name = name, ContentType = "", SizeBytes = 1 };

    public void Dispose()
    {
        _portal.Dispose();
        _folder.Delete(recursive: true);
    }
}
