using System.Diagnostics;
using System.Security.Cryptography;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures.Analyses;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>A recording of a real runtime through intake, queue and the real analyzer.</summary>
[Trait("Ring", "process")]
public sealed class RealRecordingTests
{
    [Fact]
    public async Task Upload_RealRecording_IsAnalysedAndTheOriginalStaysIdentical()
    {
        using var folder = new TemporaryFolder();
        var recording = await RecordAsync(folder["recording.nettrace"]);
        using var rig = new CaptureRig();
        await rig.UploadAsync(recording);
        await rig.StartQueueAsync();

        var report = await rig.NextReportAsync();

        Assert.Equal((CaptureFailure.None, null), (report.Failure, report.Detail));
        Assert.True(report.Summary!.EventCount > 0, report.Summary.ToString());
        var files = await rig.Files.ListAsync(CaptureRig.Capture);
        Assert.Contains(files, file => file.Name == "alloc.flame.json");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(recording)), files.Single(file => file.Name == "original.nettrace").Sha256);
        Assert.Equal(recording, await rig.ReadAsync("original.nettrace"));
        foreach (var file in files)
        {
            var bytes = await rig.ReadAsync(file.Name);
            Assert.Equal((file.SizeBytes, file.Sha256), (bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))));
        }
    }

    /// <summary>A name that was recorded is in the recording and in results, and after that in no file of the silo's folder, whenever one looks.</summary>
    [Fact]
    public async Task Folder_AtAnyTime_ShowsNothingThatWasRecorded()
    {
        const string Name = "FleetProf.Analyzer";
        using var folder = new TemporaryFolder();
        var recording = await RecordAsync(folder["recording.nettrace"]);
        Assert.True(StoredCapture.Shows(recording, Name), "The recording does not hold the name.");
        using var rig = new CaptureRig();
        var offer = CaptureRig.Offer(recording);
        for (var at = 0; at < recording.Length; at += 100_000)
        {
            await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(recording, at, Math.Min(100_000, recording.Length - at), offer)), new StatusStream());
        }

        Assert.Null(StoredCapture.FindFileThatShows(rig.Folder, Name));
        Assert.True((await rig.Intake.CompleteAsync(offer)).IsComplete);
        Assert.Null(StoredCapture.FindFileThatShows(rig.Folder, Name));
        await rig.StartQueueAsync();
        Assert.Equal(CaptureFailure.None, (await rig.NextReportAsync()).Failure);

        var results = (await rig.Files.ListAsync(CaptureRig.Capture)).Where(file => !file.Name.StartsWith("original.", StringComparison.Ordinal)).ToList();
        var shown = 0;
        foreach (var file in results)
        {
            shown += StoredCapture.Shows(await rig.ReadAsync(file.Name), Name) ? 1 : 0;
        }

        Assert.True(shown > 0, "No result holds the name.");
        Assert.Null(StoredCapture.FindFileThatShows(rig.Folder, Name));
    }

    [Theory]
    [InlineData("allocsdelta", CaptureKind.Alloc, "alloc.functions.json")]
    [InlineData("heap", CaptureKind.Gcdump, "inuse.flame.json")]
    [InlineData("cpu", CaptureKind.Trace, "cpu.flame.json")]
    public async Task Upload_ProfileOfGo_IsAnalysedAndOfferedUnderItsOwnEnding(string name, CaptureKind kind, string result)
    {
        var profile = await File.ReadAllBytesAsync(Fixture($"{name}.pb.gz"));
        using var rig = new CaptureRig();
        rig.Target = rig.Target with { Kind = kind };
        await rig.UploadAsync(profile);
        await rig.StartQueueAsync();

        var report = await rig.NextReportAsync();

        Assert.Equal((CaptureFailure.None, null, "Go"), (report.Failure, report.Detail, report.Summary?.Runtime));
        var files = await rig.Files.ListAsync(CaptureRig.Capture);
        Assert.Contains(files, file => file.Name == result);
        var original = files.Single(file => file.Name.StartsWith("original.", StringComparison.Ordinal));
        Assert.Equal(("original.pb.gz", "application/gzip"), (original.Name, original.ContentType));
        Assert.Equal(profile, await rig.ReadAsync(original.Name));
    }

    private static string Fixture(string name, [System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../testdata/go/pprof", name);

    [Fact]
    public async Task Upload_CutRecording_EndsAsAResultOrANamedFailure()
    {
        using var folder = new TemporaryFolder();
        var recording = await RecordAsync(folder["recording.nettrace"]);
        using var rig = new CaptureRig();
        await rig.UploadAsync(recording[..(recording.Length / 2)]);
        await rig.StartQueueAsync();

        var report = await rig.NextReportAsync();

        Assert.True(report.Failure is CaptureFailure.AnalysisFailed || report.Summary is { IsComplete: false }, report.ToString());
    }

    /// <summary>The runtime records itself: here the analyzer's, which is at hand and ends at once.</summary>
    private static async Task<byte[]> RecordAsync(string path)
    {
        string[] words = [.. AnalyzerCommand.Find(null), "analyze", "--input", "/none"];
        var start = new ProcessStartInfo(words[0]) { RedirectStandardError = true };
        words.Skip(1).ToList().ForEach(start.ArgumentList.Add);
        start.Environment["DOTNET_EnableEventPipe"] = "1";
        start.Environment["DOTNET_EventPipeOutputPath"] = path;
        start.Environment["DOTNET_EventPipeConfig"] = "Microsoft-DotNETCore-SampleProfiler:0:5,Microsoft-Windows-DotNETRuntime:14C14FCCBD:5";
        using var process = Process.Start(start)!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return await File.ReadAllBytesAsync(path);
    }
}
