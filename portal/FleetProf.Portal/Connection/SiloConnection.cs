using FleetProf.Portal.Hosting;
namespace FleetProf.Portal.Connection;

/// <summary>Whether the silo can be called now. The portal starts before, after and without it.</summary>
public sealed partial class SiloConnection(PortalOptions options, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<SiloConnection> log)
    : IClientConnectionRetryFilter, IClusterConnectionStatusObserver
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private volatile bool _hasGateway;
    private volatile bool _wasConnected;
    private int _attempts;
    private TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True once the client has started and while it has a gateway.</summary>
    public bool IsConnected => _hasGateway;

    /// <summary>Raised on any thread when <see cref="IsConnected"/> has changed.</summary>
    public event Action? Changed;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (_attempts++ % 10 == 0)
        {
            LogWaiting(options.SiloGateway, exception.Message);
        }

        await Task.Delay(RetryInterval, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested;
    }

    public void NotifyClusterConnectionLost() => Set(false);

    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered) =>
        Set(_wasConnected && currentNumberOfGateways > 0);

    /// <summary>Completes when the connection is lost the next time.</summary>
    public Task UntilLost => Volatile.Read(ref _lost).Task;

    /// <summary>Completes when connected.</summary>
    public async Task UntilConnectedAsync(CancellationToken cancellationToken)
    {
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Changed += Look;
        try
        {
            Look();
            await connected.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Changed -= Look;
        }

        void Look()
        {
            if (IsConnected)
            {
                connected.TrySetResult();
            }
        }
    }

    /// <summary>It was connected and is not any more.</summary>
    internal bool IsLost => _wasConnected && !_hasGateway;

    /// <summary>The Orleans client has finished its start, or a call got through.</summary>
    internal void Answered()
    {
        _wasConnected = true;
        Set(true);
    }

    private void Set(bool isConnected)
    {
        if (_hasGateway == isConnected)
        {
            return;
        }

        _hasGateway = isConnected;
        if (isConnected)
        {
            LogConnected(options.SiloGateway);
        }
        else
        {
            if (!lifetime.ApplicationStopping.IsCancellationRequested)
            {
                LogLost(options.SiloGateway);
            }

            Interlocked.Exchange(ref _lost, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }

        Changed?.Invoke();
    }

    [LoggerMessage(1, LogLevel.Warning, "Waiting for the silo at {Gateway}: {Reason}")]
    private partial void LogWaiting(string gateway, string reason);

    [LoggerMessage(2, LogLevel.Information, "Connected to the silo at {Gateway}")]
    private partial void LogConnected(string gateway);

    [LoggerMessage(3, LogLevel.Warning, "Lost the silo at {Gateway}; requests are answered 503 until it is back")]
    private partial void LogLost(string gateway);
}
