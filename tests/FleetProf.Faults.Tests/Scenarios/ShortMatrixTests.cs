using FleetProf.Contracts.Captures;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;
using FleetProf.Faults.Scenarios;

namespace FleetProf.Faults.Tests.Scenarios;

/// <summary>A few cells of the fault matrix in every run; all of them, and chaos, by hand or at night.</summary>
[Trait("Ring", "process")]
public sealed class ShortMatrixTests(ITestOutputHelper output)
{
    private const int Seed = 7;

    private static readonly (string Name, Phase Phase, CaptureKind Kind)[] Cells =
    [
        ("silo killed", Phase.Dispatch, CaptureKind.Trace), ("agent killed", Phase.MidUpload, CaptureKind.Trace), ("agent killed", Phase.MidCapture, CaptureKind.Gcdump), ("spool full", Phase.MidCapture, CaptureKind.Trace),
        ("storm of resets", Phase.MidUpload, CaptureKind.Trace), ("database killed", Phase.Finalise, CaptureKind.Gcdump), ("target killed for its memory", Phase.MidCapture, CaptureKind.Trace),
    ];

    [Fact]
    public async Task Faults_InAFewPhases_BreakNoInvariant()
    {
        var all = ScenarioList.All(TimeSpan.FromSeconds(5)).ToDictionary(scenario => scenario.Name);
        var path = Path.Combine(Path.GetTempPath(), $"fleetprof-short-{Environment.ProcessId}.jsonl");
        using var said = new StringWriter();
        int bad, violations;
        using (var history = new HistoryFile(path))
        {
            await using var fleet = await FleetUnderFault.StartAsync(history, Seed);
            await using var watch = new CampaignWatch(fleet);
            watch.Start();
            var run = new Run(fleet, watch, said);
            bad = await run.MatrixAsync([.. Cells.Select(cell => (all[cell.Name], cell.Phase, cell.Kind)).Where(cell => cell.Item1.Obstacle is null)]);
            violations = await run.FinishAsync();
        }

        output.WriteLine(said.ToString());
        Assert.True(bad == 0 && violations == 0, $"The history is {path}\n{said}");
        Assert.Contains("heap snapshots: ", said.ToString(), StringComparison.Ordinal);
        File.Delete(path);
    }
}
