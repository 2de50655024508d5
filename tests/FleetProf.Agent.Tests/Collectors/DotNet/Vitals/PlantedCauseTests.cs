using System.Globalization;
using FleetProf.Measures.GcPauses.Causes;
using FleetProf.TestKit.GcPauses;
using FleetProf.TestKit.Processes;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

/// <summary>Causes that do not depend on how fast the machine is; all of them are measured by tests/measure/pauses.sh.</summary>
[Trait("Ring", "process")]
public class PlantedCauseTests
{
    [Theory]
    [InlineData("induced", GcCause.Induced)]
    [InlineData("loh", GcCause.LohBudget)]
    [InlineData("slow-suspension", GcCause.SlowSuspension)]
    public async Task Cause_PlantedInARealProcess_IsFound(string word, GcCause expected)
    {
        await using var probe = await GcProbeProcess.StartAsync(("DOTNET_gcConcurrent", "0"), ("DOTNET_GCgen0size", "2000000"));
        var recording = await ProbeRecording.RecordAsync(probe, ProbeRecording.GcEvents, TestContext.Current.CancellationToken, $"provoke {word} 5");
        var planted = recording.Answers[^1].Split(' ')[1..].Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToHashSet();
        var causes = new GcCauseClassifier();

        var found = PauseCollection.Read(recording.Trace).Gcs.Select(gc => (gc.Number, causes.Classify(gc).Cause)).Where(gc => planted.Contains(gc.Number)).ToList();

        Assert.Equal(planted.Count, found.Count);
        // Not all: another cause may truly come on top, such as threads that a busy machine stops late.
        Assert.Contains(found, gc => gc.Cause == expected);
    }
}
