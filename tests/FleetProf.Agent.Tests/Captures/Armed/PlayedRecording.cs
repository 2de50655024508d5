using FleetProf.Agent.Captures;
using FleetProf.Agent.Captures.Armed;

namespace FleetProf.Agent.Tests.Captures.Armed;

/// <summary>A recording without a target.</summary>
internal sealed class PlayedRecording(int number) : IHeldRecording
{
    private readonly TaskCompletionSource<CaptureEnd> end = new();

    public int Number => number;

    public long Bytes { get; set; }

    public bool IsDiscarded { get; private set; }

    public Task<CaptureEnd> Ended => end.Task;

    public void End(CaptureEnd why) => end.SetResult(why);

    public Task DiscardAsync()
    {
        IsDiscarded = true;
        return Task.CompletedTask;
    }
}
