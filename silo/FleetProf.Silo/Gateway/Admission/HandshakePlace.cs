using Microsoft.AspNetCore.Connections;

namespace FleetProf.Silo.Gateway.Admission;

/// <summary>One of so many handshakes at once. Given back once: when the handshake is over, or with its connection at the latest.</summary>
/// <param name="places">From which it was taken.</param>
/// <param name="over">Told once whether the handshake succeeded; null: nobody asks.</param>
internal sealed class HandshakePlace(SemaphoreSlim places, Action<bool>? over = null) : IDisposable
{
    private int isGivenBack;

    /// <summary>After TLS: gives back the place of a connection, where it has one.</summary>
    public static ConnectionDelegate Leave(ConnectionDelegate next) => context =>
    {
        if (context.Items.TryGetValue(typeof(HandshakePlace), out var place))
        {
            ((HandshakePlace)place!).Succeed();
        }

        return next(context);
    };

    /// <summary>Leaves it with its connection, for <see cref="Leave"/>.</summary>
    public void GoWith(ConnectionContext context) => context.Items[typeof(HandshakePlace)] = this;

    /// <summary>Gives it back after a handshake that succeeded.</summary>
    public void Succeed() => GiveBack(hasSucceeded: true);

    /// <summary>What has not succeeded by now has failed.</summary>
    public void Dispose() => GiveBack(hasSucceeded: false);

    private void GiveBack(bool hasSucceeded)
    {
        if (Interlocked.Exchange(ref isGivenBack, 1) == 0)
        {
            places.Release();
            over?.Invoke(hasSucceeded);
        }
    }
}
