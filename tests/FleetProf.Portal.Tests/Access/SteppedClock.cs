using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Access;

/// <summary>Somebody sets the wall clock an hour back; time goes on.</summary>
internal sealed class SteppedClock : FakeTimeProvider
{
    private TimeSpan _step;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _step;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    public void StepBack() => _step -= TimeSpan.FromHours(1);
}
