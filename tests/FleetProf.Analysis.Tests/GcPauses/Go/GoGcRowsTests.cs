using FleetProf.Analysis.GcPauses;
using FleetProf.Analysis.GcPauses.Go;
using FleetProf.Measures.GcPauses.Go;

namespace FleetProf.Analysis.Tests.GcPauses.Go;

public sealed class GoGcRowsTests
{
    [Fact]
    public void Next_TwoCollections_TellsWhatWasAllocatedBetweenThem()
    {
        var rows = Rows(
            "gc 1 @1.000s 5%: 1.0+8.0+1.0 ms clock, 2+1/2/3+2 ms cpu, 10->12->4 MB, 12 MB goal, 2 P",
            "gc 2 @2.000s 5%: 2.0+7.0+1.0 ms clock, 4+1/2/3+2 ms cpu, 20->24->6 MB, 24 MB goal, 2 P (forced)");

        Assert.Null(rows[0].AllocatedMB);
        Assert.Equal(20 * 1.048576, rows[1].AllocatedMB!.Value, 9);
        // From the end of the first at 1.010 s to the end of the second at 2.010 s, less three milliseconds of standing still.
        Assert.Equal(20 * 1.048576 / 0.997, rows[1].AllocationRateMBPerSecond!.Value, 6);
        Assert.Equal(0.3, rows[1].PauseTimePercent!.Value, 6);
        Assert.Equal((3.0, 2000.0, "Forced", "Full", 2), (rows[1].PauseMs, rows[1].PauseStartMs, rows[1].Reason, rows[1].GenerationName, rows[1].Generation));
        Assert.Equal((24 * 1.048576, 6 * 1.048576), (rows[1].PeakMB, rows[1].AfterMB));
        Assert.Equal(new GcLogColumns { Run = 1, Pauses = 2, LongestPauseMs = 2, FirstPauseMs = 2, LastPauseMs = 1, ConcurrentMs = 7, GoalMB = 24 * 1.048576, AssistCpuMs = 1, BackgroundCpuMs = 2, IdleCpuMs = 3, Processors = 2 }, rows[1].Log);
    }

    [Fact]
    public void Next_AfterAGapOrARestart_SaysNothingOfTheTimeBetween()
    {
        var rows = Rows(
            "gc 1 @1.000s 5%: 1.0+8.0+1.0 ms clock, 2+1/2/3+2 ms cpu, 10->12->4 MB, 12 MB goal, 2 P",
            "gc 3 @2.000s 5%: 2.0+7.0+1.0 ms clock, 4+1/2/3+2 ms cpu, 20->24->6 MB, 24 MB goal, 2 P",
            "gc 1 @0.500s 5%: 2.0+7.0+1.0 ms clock, 4+1/2/3+2 ms cpu, 20->24->6 MB, 24 MB goal, 2 P");

        Assert.All(rows, row => Assert.Equal((null, null, null), (row.AllocatedMB, row.AllocationRateMBPerSecond, row.PauseTimePercent)));
    }

    private static List<GcTableRow> Rows(params string[] lines)
    {
        var (table, rows) = (new GoGcRows(), new List<GcTableRow>());
        var reader = new GcTraceReader(gc => rows.Add(table.Next(gc)));
        reader.Append(System.Text.Encoding.ASCII.GetBytes(string.Join('\n', lines)));
        reader.Finish();
        return rows;
    }
}
