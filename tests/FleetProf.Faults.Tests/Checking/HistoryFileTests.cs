using FleetProf.Contracts.Captures;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Tests.Checking;

public sealed class HistoryFileTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"fleetprof-history-{Guid.NewGuid():n}.jsonl");

    [Fact]
    public void Read_WhatWasAdded_IsTheSameAndInOrder()
    {
        using var file = new HistoryFile(path);
        file.Add(new() { Kind = HistoryKind.Acknowledged, Operation = "campaign.create", Campaign = "c", CaptureKind = CaptureKind.Gcdump, DeadlineMs = 5, RecordingMs = 0 });
        file.Add(new() { Kind = HistoryKind.Memory, Memory = new() { Process = "silo1", Pid = 7, AgeMs = 600_001, Live = 5_000_000_000, Native = null, Heap = 3, Code = 2, Resident = 1, Captures = 4 } });
        file.Add(new() { Kind = HistoryKind.Observed, Campaign = "c", Capture = "c-0000", Attempt = 1, State = CaptureState.Failed, Failure = CaptureFailure.AgentLost, Phase = CapturePhase.Rundown });

        Assert.Equal(file.Events, HistoryFile.Read(path));
        Assert.Equal(file.Events.OrderBy(line => line.At), file.Events);
    }

    /// <summary>A run of some time ago is checked again as it was.</summary>
    [Fact]
    public void Read_LineFromBeforeKindsWereNoted_IsRead()
    {
        File.WriteAllText(path, """{"at":12,"kind":"acknowledged","operation":"campaign.create","campaign":"c","deadlineMs":120000,"recordingMs":3000}""");

        var line = Assert.Single(HistoryFile.Read(path));

        Assert.Equal((HistoryKind.Acknowledged, "c", (long?)3_000, (CaptureKind?)null), (line.Kind, line.Campaign, line.RecordingMs, line.CaptureKind));
    }

    [Fact]
    public void Open_OverAnEarlierHistory_IsRefused()
    {
        new HistoryFile(path).Dispose();

        Assert.Throws<IOException>(() => new HistoryFile(path));
    }

    [Theory]
    [InlineData("12:00:00.000 INF Capture 01k#2 (Trace) of service0, process 77, begins for local", HistoryKind.Started, 2, "service0", null)]
    [InlineData("12:00:00.000 INF Capture 01k#1 ended: AgentLost The agent was restarted.", HistoryKind.Ended, 1, null, "AgentLost")]
    public void Words_OfAnAgent_AreStartsAndEnds(string line, object kind, int attempt, string? service, string? outcome)
    {
        var read = AgentWords.Read("agent0", line)!;

        Assert.Equal(((HistoryKind)kind, "agent0", "01k", (int?)attempt, service, outcome), (read.Kind, read.Agent, read.Capture, read.Attempt, read.Service, read.Text));
        Assert.Null(AgentWords.Read("agent0", "12:00:00.000 INF Connected to the silo"));
    }

    public void Dispose() => File.Delete(path);
}
