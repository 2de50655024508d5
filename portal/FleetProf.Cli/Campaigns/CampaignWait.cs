using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Campaigns;

/// <summary>Follows a campaign until it is over, also while the portal is away for a moment: the campaign goes on without it.</summary>
internal static class CampaignWait
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <exception cref="CommandFailedException">It is not over in time; it goes on without us.</exception>
    public static async Task<Operation> UntilOverAsync(
        CliContext context, ServerConnection server, Operation operation, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var progress = new ProgressLine(context.Console, context.ShowsProgress);
        var until = context.Clock.GetUtcNow() + timeout;
        CommandFailedException? absence = null;
        try
        {
            while (operation.Status == "running")
            {
                var left = until - context.Clock.GetUtcNow();
                if (left <= TimeSpan.Zero)
                {
                    throw NotOver(operation, timeout, absence);
                }

                try
                {
                    var campaign = await server.GetAsync<Campaign>($"api/v1/campaigns/{operation.OperationId}", cancellationToken);
                    progress.Show(Describe(campaign));
                    await Task.Delay(Interval, context.Clock, cancellationToken);
                    operation = await server.GetAsync<Operation>($"api/v1/operations/{operation.OperationId}", cancellationToken);
                    absence = null;
                }
                catch (CommandFailedException failure) when (failure.ExitCode == ExitCode.Unreachable)
                {
                    absence = failure;
                    progress.Show($"asking again: {failure.Message}");
                    var pause = failure.RetryAfter is { } asked && asked > Interval ? asked : Interval;
                    await Task.Delay(pause < left ? pause : left, context.Clock, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            context.Console.Note($"The campaign goes on. Stop it with: fleetprof campaign stop {operation.OperationId}");
            throw;
        }

        progress.Show($"{operation.Status}: {operation.ReadyCount} of {operation.CaptureCount} ready");
        return operation;
    }

    private static CommandFailedException NotOver(Operation operation, TimeSpan timeout, CommandFailedException? absence) => new(
        ExitCode.Unreachable,
        $"Not over after {timeout}; it goes on.{(absence is null ? "" : $" At last the portal could not be asked: {absence.Message}")}",
        $"See it with `fleetprof campaign show {operation.OperationId}`.");

    /// <summary>"2/5 ready, 1 failed; checkout collecting 4/10 s".</summary>
    private static string Describe(Campaign campaign)
    {
        var ready = campaign.Targets.Count(target => target.State == CaptureState.Ready);
        var failed = campaign.Targets.Count(target => target.State > CaptureState.Ready);
        var running = campaign.Targets.FirstOrDefault(target => target.State is CaptureState.Running or CaptureState.Analysing);
        var now = running is null ? "" : $"; {running.Service} {CampaignColumns.StateOf(running)}";
        return $"{ready}/{campaign.Targets.Count} ready{(failed > 0 ? $", {failed} failed" : "")}{now}";
    }
}
