using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway.Admission;

/// <summary>
/// Stands before TLS on the agent port. A handshake costs more than anything else that an agent asks for in minutes, so that a fleet that comes
/// back together is turned away before it: connections go on at a bounded rate, so many at once, wait for a moment where that is exceeded, and where a
/// moment is not enough are closed with an alert, which ends any handshake, and a line that tells agents when they have a place. Addresses of which too many
/// handshakes fail get a part of all that together; what they send beyond it is closed without a word, or it would take the places of agents that come back.
/// </summary>
internal sealed class HandshakeGate(IOptions<GatewayOptions> options, ReturnSchedule returns, TimeProvider clock) : IDisposable
{
    /// <summary>TLS record of an alert: fatal, internal error.</summary>
    private static readonly byte[] Alert = [21, 3, 3, 0, 2, 2, 80];

    /// <summary>A peer that does not even read that is not waited for.</summary>
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(1);

    /// <summary>A quarter of the rate and of the places is for all addresses together of which too many handshakes fail: agents in order may be among theirs.</summary>
    private const int FailingPart = 4;

    private readonly SemaphoreSlim places = new(options.Value.MaxHandshakes);
    private readonly SemaphoreSlim placesOfFailing = new(Math.Max(1, options.Value.MaxHandshakes / FailingPart));
    private readonly FailedHandshakes failures = new(clock);
    private readonly Lock gate = new();

    /// <summary>Whatever is done to the wall clock, agents come in at the same rate.</summary>
    private readonly long startedAt = clock.GetTimestamp();

    /// <summary>When the next connection is due; ahead of now when more have come than the rate allows.</summary>
    private TimeSpan due = TimeSpan.MinValue;

    /// <summary>Before that no other connection goes on of those addresses.</summary>
    private TimeSpan dueOfFailing;

    private TimeSpan Interval => TimeSpan.FromSeconds(1.0 / options.Value.ConnectsPerSecond);

    /// <summary>Before TLS.</summary>
    public ConnectionDelegate Enter(ConnectionDelegate next) => async context =>
    {
        // A peer that says nothing takes no place from those who do.
        if (!await SpeaksAsync(context, options.Value.HelloTimeout, clock))
        {
            return;
        }

        var address = (context.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (await TakeAsync(address, context.ConnectionClosed) is not { } place)
        {
            if (!failures.AreTooMany(address))
            {
                await TurnAwayAsync(context);
            }

            return;
        }

        using (place)
        {
            place.GoWith(context);
            await next(context);
        }
    };

    /// <summary>A place for a handshake, given back when it is over. Null: too many are before this one.</summary>
    /// <param name="address">Of the peer.</param>
    /// <param name="closed">The peer has gone.</param>
    public async Task<HandshakePlace?> TakeAsync(IPAddress address, CancellationToken closed)
    {
        var isOfFailing = failures.AreTooMany(address);
        if (isOfFailing && !TryBeOneOfFailing())
        {
            GatewayInstruments.Connected(isLetIn: false);
            return null;
        }

        if (await WaitAsync(closed))
        {
            GatewayInstruments.Connected(isLetIn: true);
            return new HandshakePlace(places, hasSucceeded => Ended(address, isOfFailing, hasSucceeded));
        }

        if (isOfFailing)
        {
            placesOfFailing.Release();
        }

        if (closed.IsCancellationRequested)
        {
            // The turn that it had is lost to others as well.
            failures.Add(address);
        }

        GatewayInstruments.Connected(isLetIn: false);
        return null;
    }

    public void Dispose()
    {
        places.Dispose();
        placesOfFailing.Dispose();
    }

    /// <summary>Takes one of their places. False: there is none now, and it is not worth waiting for one.</summary>
    private bool TryBeOneOfFailing()
    {
        lock (gate)
        {
            var now = clock.GetElapsedTime(startedAt);
            if (now < dueOfFailing || !placesOfFailing.Wait(0))
            {
                return false;
            }

            dueOfFailing = now + Interval * FailingPart;
            return true;
        }
    }

    private void Ended(IPAddress address, bool isOfFailing, bool hasSucceeded)
    {
        if (isOfFailing)
        {
            placesOfFailing.Release();
        }

        if (hasSucceeded)
        {
            failures.MakeUp(address);
        }
        else
        {
            failures.Add(address);
        }
    }

    /// <summary>For a turn, and then for a place. False: that would take too long, or the peer has gone.</summary>
    private async Task<bool> WaitAsync(CancellationToken closed)
    {
        if (Reserve() is not { } wait)
        {
            return false;
        }

        try
        {
            await Task.Delay(wait, clock, closed);
            using var limit = new CancellationTokenSource(options.Value.MaxHandshakeWait - wait, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, closed);
            await places.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>How long to wait; null when that would be too long, and then nothing is reserved.</summary>
    private TimeSpan? Reserve()
    {
        var interval = Interval;
        lock (gate)
        {
            var now = clock.GetElapsedTime(startedAt);
            var earliest = now - interval * (options.Value.ConnectBurst - 1);
            var at = due < earliest ? earliest : due;
            var wait = at > now ? at - now : TimeSpan.Zero;
            if (wait >= options.Value.MaxHandshakeWait)
            {
                return null;
            }

            due = at + interval;
            return wait;
        }
    }

    /// <summary>What an agent reads that is turned away.</summary>
    internal static byte[] Notice(TimeSpan wait) => [.. Alert, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"return-after-ms={(long)wait.TotalMilliseconds}\n"))];

    private async Task TurnAwayAsync(ConnectionContext context)
    {
        if (context.ConnectionClosed.IsCancellationRequested)
        {
            return;
        }

        using var limit = new CancellationTokenSource(FarewellLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.ConnectionClosed);
        try
        {
            await context.Transport.Output.WriteAsync(Notice(returns.Reserve()), either.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // It has gone by itself.
        }
    }

    /// <summary>Whether the peer has begun a handshake within that time; nothing of it is taken.</summary>
    internal static async Task<bool> SpeaksAsync(ConnectionContext context, TimeSpan patience, TimeProvider clock)
    {
        using var limit = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.ConnectionClosed);
        try
        {
            var read = await context.Transport.Input.ReadAsync(either.Token);
            context.Transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
            return !read.Buffer.IsEmpty;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return false;
        }
    }
}
