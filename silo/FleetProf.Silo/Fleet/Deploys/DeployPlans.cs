using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Fleet.Deploys;

/// <summary>
/// Plans the comparison of every deploy, until it worked. Its memory is the table: a promise that a crash left open is
/// found at the next start, one of which nobody told within minutes, and planning one twice gives the same comparison.
/// </summary>
internal sealed partial class DeployPlans(
    DeployTable table,
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    IOptions<DeployOptions> options,
    TimeProvider clock,
    ILogger<DeployPlans> logger) : BackgroundService
{
    /// <summary>The longest it sleeps: whoever recorded a deploy, and did not hear that it was kept, does not wake it.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim wake = new(1, 1);

    /// <summary>A deploy was recorded.</summary>
    public void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken);
            while (true)
            {
                await SleepAsync(stoppingToken);
                while (!await PlanAllAsync(stoppingToken))
                {
                    await Task.Delay(options.Value.RetryDelay, clock, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is open stays in the table.
        }
    }

    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }

    private async Task SleepAsync(CancellationToken stoppingToken)
    {
        using var limit = new CancellationTokenSource(LongestSleep, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        try
        {
            await wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // Time to look, though nobody has called.
        }
    }

    /// <summary>False when something is left to be tried again.</summary>
    private async Task<bool> PlanAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            var isDone = true;
            foreach (var deploy in await table.ListToPlanAsync(cancellationToken))
            {
                isDone &= await PlanAsync(deploy, cancellationToken);
            }

            return isDone;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRead(exception);
            return false;
        }
    }

    private async Task<bool> PlanAsync(DeployRow deploy, CancellationToken cancellationToken)
    {
        var comparisonId = DeployIds.Comparison(deploy.DeployId);
        var dueAt = DateTimeOffset.FromUnixTimeMilliseconds(deploy.ComparisonDueAt!.Value);
        try
        {
            var comparison = await grains.GetGrain<IComparisonGrain>(comparisonId).CreateAsync(new ComparisonRequest
            {
                Service = deploy.Service,
                BaselineVersion = deploy.PreviousVersion,
                CandidateVersion = deploy.Version,
                DueAt = dueAt,
                DeployId = deploy.DeployId,
                RequestedBy = "deploy",
            });
            if (comparison is null && clock.GetUtcNow() < dueAt + options.Value.GiveUpAfter)
            {
                FleetInstruments.PlanFailed();
                LogNotKnown(deploy.Service, deploy.Version, deploy.PreviousVersion);
                return false;
            }

            await table.MarkPlannedAsync(deploy.DeployId, comparison?.ComparisonId, cancellationToken);
            LogPlanned(comparison?.ComparisonId ?? "none", deploy.Service, deploy.Version, dueAt);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            FleetInstruments.PlanFailed();
            LogNotPlanned(exception, deploy.Service, deploy.Version, options.Value.RetryDelay);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Comparison {ComparisonId} of {Service} {Version} is planned for {DueAt}")]
    private partial void LogPlanned(string comparisonId, string service, string version, DateTimeOffset dueAt);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Nothing is known yet to compare {Service} {Version} with {PreviousVersion}; tried again")]
    private partial void LogNotKnown(string service, string version, string previousVersion);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The comparison of {Service} {Version} could not be planned and is tried again in {Delay}")]
    private partial void LogNotPlanned(Exception exception, string service, string version, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Error, Message = "Deploys could not be read or marked; planning is tried again")]
    private partial void LogNotRead(Exception exception);
}
