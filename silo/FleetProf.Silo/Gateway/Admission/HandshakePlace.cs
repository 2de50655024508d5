using Microsoft.AspNetCore.Connections;

namespace FleetProf.Silo.Gateway.Admission;

/// <summary>One of so many handshakes at once. Given back once: when the handshake is over, or with its connection at the latest.</summary>
/// <param name="places">From which it was taken.</param>
internal sealed class HandshakePlace(SemaphoreSlim places) : IDisposable
{
    private int isGivenBack;

    /// <summary>After TLS: gives back the place of a connection, where it has one.</summary>
    public static ConnectionDelegate Leave(ConnectionDelegate next) => context =>
    {
        if (context.Items.TryGetValue(typeof(HandshakePlace), out var place))
        {
            ((HandshakePlace)place!).Dispose();
        }

        return next(context);
    };

    /// <summary>Leaves it with its connection, for <see cref="Leave"/>.</summary>
    public void GoWith(ConnectionContext context) => context.Items[typeof(HandshakePlace)] = this;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref isGivenBack, 1) == 0)
        {
            places.Release();
        }
    }
}
