using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests;

/// <summary>A made-up clock of a machine whose wall clock may be set anew while time goes on as before.</summary>
internal sealed class SteppedClock(DateTimeOffset? start = null) : FakeTimeProvider(start ?? new DateTimeOffset(2026, 11, 26, 9, 0, 0, TimeSpan.Zero))
{
    private TimeSpan step;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + step;

    public override long GetTimestamp() => (GetUtcNow() - step).Ticks;

    public void Step(TimeSpan by) => step += by;
}
