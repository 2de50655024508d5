using System.Net;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Enrolment;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway.Admission;

/// <summary>
/// Stands before TLS on the enrolment port, which is open to everybody: so many connections at once, in all and of one address, so many new ones of an
/// address per minute, and so many handshakes at once. Addresses are counted by <see cref="AddressKey"/>: one network of IPv6 could otherwise take all
/// the places for addresses. What is beyond is closed without a word; a host that joins tries again. Thread-safe.
/// </summary>
internal sealed class EnrolmentGate(IOptions<EnrolmentOptions> options, TimeProvider clock) : IDisposable
{
    private const int MostAddresses = 10_000;

    /// <summary>A handshake begins at once; hosts give up after 30 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim places = new(options.Value.MaxHandshakes);
    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, int> open = [];
    private readonly MinuteCounts<IPAddress> recent = new(clock, MostAddresses);
    private int all;

    /// <summary>Before TLS.</summary>
    public ConnectionDelegate Enter(ConnectionDelegate next) => async context =>
    {
        var address = (context.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (!TryOpen(address))
        {
            GatewayInstruments.HostConnected(isLetIn: false);
            return;
        }

        try
        {
            // A peer that says nothing takes no place of a handshake.
            if (!await HandshakeGate.SpeaksAsync(context, Patience, clock) || !await TakeAsync(context.ConnectionClosed))
            {
                GatewayInstruments.HostConnected(isLetIn: false);
                return;
            }

            GatewayInstruments.HostConnected(isLetIn: true);
            using var place = new HandshakePlace(places);
            place.GoWith(context);
            await next(context);
        }
        finally
        {
            Close(address);
        }
    };

    /// <summary>Counts a connection, until <see cref="Close"/>. False: there are too many.</summary>
    public bool TryOpen(IPAddress address)
    {
        var key = AddressKey.Of(address);
        lock (gate)
        {
            var mine = open.GetValueOrDefault(key);
            if (all >= options.Value.MaxConnections || mine >= options.Value.MaxConnectionsPerAddress || recent.Of(key) >= options.Value.ConnectionsPerMinute || !recent.TryAdd(key))
            {
                return false;
            }

            open[key] = mine + 1;
            all++;
            return true;
        }
    }

    public void Close(IPAddress address)
    {
        var key = AddressKey.Of(address);
        lock (gate)
        {
            all--;
            if (open[key] == 1)
            {
                open.Remove(key);
            }
            else
            {
                open[key]--;
            }
        }
    }

    public void Dispose() => places.Dispose();

    private async Task<bool> TakeAsync(CancellationToken closed)
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, closed);
        try
        {
            await places.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
