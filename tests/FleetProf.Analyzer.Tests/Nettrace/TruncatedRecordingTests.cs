using System.Text.Json;
using FleetProf.Analyzer.Tests.Recordings;

namespace FleetProf.Analyzer.Tests.Nettrace;

[Trait("Ring", "process")]
public sealed class TruncatedRecordingTests(PlantedRecordings recordings)
{
    [Fact]
    public void Recording_CutAtManyOffsets_IsReadAsFarAsItGoesAndMarked()
    {
        var whole = File.ReadAllBytes(recordings.Cpu);
        var best = 0L;
        for (var part = 1; part < 20; part++)
        {
            var (exit, output, error) = Analyze(whole[..(whole.Length * part / 20)], part);
            if (exit == AnalyzeCommand.Unreadable)
            {
                Assert.NotEmpty(error);
                continue;
            }

            var summary = JsonDocument.Parse(output).RootElement;
            Assert.Equal(AnalyzeCommand.Done, exit);
            Assert.False(summary.GetProperty("isComplete").GetBoolean());
            Assert.NotEmpty(summary.GetProperty("incompleteReason").GetString()!);
            var samples = summary.GetProperty("cpuSampleCount").GetInt64();
            Assert.True(samples >= best, "a longer piece must not hold less");
            best = samples;
        }

        Assert.True(best > 0);
    }

    [Fact]
    public void Recording_WithFlippedBytes_NeverEscapesTheExitCodes()
    {
        var whole = File.ReadAllBytes(recordings.GarbageCollections);
        var chance = new Random(7);
        for (var round = 0; round < 60; round++)
        {
            var damaged = (byte[])whole.Clone();
            for (var flip = 0; flip < 5; flip++)
            {
                damaged[chance.Next(damaged.Length)] = (byte)chance.Next(256);
            }

            var (exit, _, error) = Analyze(damaged, 1000 + round);

            Assert.True(exit is AnalyzeCommand.Done || (exit == AnalyzeCommand.Unreadable && error.Length > 0));
        }
    }

    [Fact]
    public void Analyze_VolumeIsFull_BlamesTheVolumeAndNotTheArtifact()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /dev/full.");
        var folder = Directory.CreateDirectory(Path.Combine(recordings.Folder, "full"));
        File.CreateSymbolicLink(Path.Combine(folder.FullName, "summary.json"), "/dev/full");
        using var output = new StringWriter();
        using var error = new StringWriter();

        var exit = AnalyzeCommand.Run(["analyze", recordings.GarbageCollections, "--output", folder.FullName], output, error);

        Assert.True(exit == AnalyzeCommand.NoSpace, $"{exit}: {error}");
    }

    private (int ExitCode, string Output, string Error) Analyze(byte[] bytes, int number)
    {
        var file = Path.Combine(recordings.Folder, $"cut-{number}.nettrace");
        File.WriteAllBytes(file, bytes);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = AnalyzeCommand.Run(["analyze", file, "--output", file + ".out"], output, error);
        return (exit, output.ToString(), error.ToString());
    }
}
