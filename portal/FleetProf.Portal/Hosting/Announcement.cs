using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;
using FleetProf.Portal.Connection;

namespace FleetProf.Portal.Hosting;

/// <summary>Once portal and silo are ready: makes a login link and an API token, tells where they are needed, and keeps the token good.</summary>
internal sealed partial class Announcement(
    PortalOptions options, PortalAddress address, SiloConnection silo, IClusterClient cluster, CliToken cliToken, IHostApplicationLifetime lifetime, ILogger<Announcement> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Kestrel must listen: only then is a free port known.
        if (!await StartedAsync(stoppingToken))
        {
            return;
        }

        do
        {
            await silo.UntilConnectedAsync(stoppingToken);
        }
        while (!await TryAnnounceAsync(stoppingToken));
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
            var access = cluster.GetGrain<IAccessGrain>(AccessSetup.GrainKey);
            var loginUrl = address.LoginUrl(await access.IssueLoginCodeAsync());
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
            await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
            return false;
        }
    }

    [LoggerMessage(20, LogLevel.Information, "Log in once with {LoginUrl}")]
    private partial void LogLoginUrl(string loginUrl);

    [LoggerMessage(21, LogLevel.Information, "Ready at {Url}; token and login link are in {Path}")]
    private partial void LogReady(string url, string path);

    [LoggerMessage(22, LogLevel.Warning, "Could not publish the login link yet; trying again")]
    private partial void LogNotAnnounced(Exception failure);
}
