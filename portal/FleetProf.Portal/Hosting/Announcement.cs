using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;
using FleetProf.Portal.Connection;

namespace FleetProf.Portal.Hosting;

/// <summary>Once portal and silo are ready: makes a login link and an API token, tells where they are needed, and keeps the token good.</summary>
internal sealed partial class Announcement(
    PortalOptions options, PortalAddress address, SiloConnection silo, IClusterClient cluster, CliToken cliToken, IHostApplicationLifetime lifetime, TimeProvider clock,
    ILogger<Announcement> log)
    : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Half of what the silo lets one live.</summary>
    private static readonly TimeSpan LinkLife = TimeSpan.FromHours(12);

    /// <summary>One for many tries: each link that is made has its row in the audit log, and of too many the silo drops the oldest, which others may want to use.</summary>
    private (string Url, DateTimeOffset MadeAt)? _login;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Kestrel must listen: only then is a free port known.
        if (!await StartedAsync(stoppingToken))
        {
            return;
        }

        await silo.UntilConnectedAsync(stoppingToken);
        for (var pause = FirstPause; !await TryAnnounceAsync(stoppingToken); pause = pause < LongestPause / 2 ? 2 * pause : LongestPause)
        {
            await Task.Delay(pause, clock, stoppingToken);
            await silo.UntilConnectedAsync(stoppingToken);
        }

        if (options.ConnectionFile is { Length: > 0 } path)
        {
            await cliToken.KeepGoodAsync(path, stoppingToken);
        }
    }

    private async Task<bool> StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(() => started.TrySetResult(true));
        await using var onStop = stoppingToken.Register(() => started.TrySetResult(false));
        return await started.Task;
    }

    private async Task<bool> TryAnnounceAsync(CancellationToken cancellationToken)
    {
        try
        {
            CallerFlow.EnterAsPortal();
            var loginUrl = await LoginUrlAsync();
            if (options.ConnectionFile is not { Length: > 0 } path)
            {
                LogLoginUrl(loginUrl);
                return true;
            }

            var token = await cliToken.KeepOrIssueAsync(path, cancellationToken);
            await new ConnectionFile(address.Url, token, loginUrl, address.LocalUrl == address.Url ? null : address.LocalUrl).WriteAsync(path, cancellationToken);
            LogReady(address.Url, path);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotAnnounced(failure);
            return false;
        }
    }

    private async Task<string> LoginUrlAsync()
    {
        if (_login is not { } kept || clock.GetUtcNow() - kept.MadeAt > LinkLife)
        {
            kept = (address.LoginUrl(await cluster.GetGrain<IAccessGrain>(AccessSetup.GrainKey).IssueLoginCodeAsync()), clock.GetUtcNow());
            _login = kept;
        }

        return kept.Url;
    }

    [LoggerMessage(20, LogLevel.Information, "Log in once with {LoginUrl}")]
    private partial void LogLoginUrl(string loginUrl);

    [LoggerMessage(21, LogLevel.Information, "Ready at {Url}; token and login link are in {Path}")]
    private partial void LogReady(string url, string path);

    [LoggerMessage(22, LogLevel.Warning, "Could not publish the login link yet; trying again")]
    private partial void LogNotAnnounced(Exception failure);
}
