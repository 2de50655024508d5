using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>Time that a test moves once what it drives waits for it.</summary>
internal sealed class ArmedClock : FakeTimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _armed.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>So many times: lets the time of a wait pass that has begun, each wait once. Returns when the next one has begun.</summary>
    /// <exception cref="TimeoutException">Nothing waits any more.</exception>
    public async Task PassAsync(int waits, CancellationToken cancellationToken)
    {
        var dueTime = await _armed.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken);
        for (var i = 0; i < waits; i++)
        {
            Advance(dueTime);
            dueTime = await _armed.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken);
        }

        // The last one is still to come, for whoever passes the next.
        _armed.Writer.TryWrite(dueTime);
    }
}
