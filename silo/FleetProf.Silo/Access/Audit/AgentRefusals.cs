using System.Threading.Channels;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Access.Audit;

/// <summary>
/// Writes refusals of agents and hosts to the audit log, behind what refused them: whoever is refused waits for no disk. Nobody fills the log by it:
/// one row an hour for the same agent, address and reason, and a ceiling for all; the others are counted in the next row. Agents that are known by their
/// certificate have a ceiling of their own, which no stranger reaches.
/// </summary>
internal sealed partial class AgentRefusals(CatalogDatabase database, TimeProvider clock, ILogger<AgentRefusals> logger) : BackgroundService
{
    /// <summary>Of strangers; and as many of agents.</summary>
    public const int RowsPerHour = 60;

    private const int MostWaiting = 1_000;
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    private readonly Channel<AuditEntry> waiting = Channel.CreateBounded<AuditEntry>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly Lock gate = new();
    private readonly RefusalBudget ofStrangers = new(clock, 1, RowsPerHour, Window);
    private readonly RefusalBudget ofAgents = new(clock, 1, RowsPerHour, Window);

    /// <summary>Returns at once.</summary>
    /// <param name="refused">Without a reason.</param>
    /// <param name="reason">Why.</param>
    public void Add(AuditEntry refused, AccessReason reason)
    {
        lock (gate)
        {
            var isAgent = refused.Actor != refused.Address;
            var budget = isAgent ? ofAgents : ofStrangers;
            var isTold = budget.Take($"{(isAgent ? refused.Actor : "")} {AddressKey.Of(refused.Address)} {reason}", $"{reason}: {AccessAdvice.Explain(reason)}") is not { } text
                || waiting.Writer.TryWrite(refused with { Reason = text });
            if (!isTold)
            {
                budget.GiveBack();
            }
        }
    }

    /// <summary>Until none waits.</summary>
    public async Task WriteAsync()
    {
        while (waiting.Reader.TryPeek(out var entry))
        {
            await new AuditTable(database).AddAsync(entry);
            waiting.Reader.TryRead(out _);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                if (!await TryAsync())
                {
                    await Task.Delay(Again, clock, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping writes what waits.
        }
    }

    private async Task<bool> TryAsync()
    {
        try
        {
            await WriteAsync();
            return true;
        }
        catch (Exception exception)
        {
            LogFailed(exception, waiting.Reader.Count);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} refusals of agents could not be written to the audit log yet")]
    private partial void LogFailed(Exception exception, int count);
}
