namespace FleetProf.Silo.Storage.Damage;

/// <summary>Says in the log which cells of the catalog could not be read, each once, and what to do.</summary>
internal sealed partial class DamageWatch(ILogger<DamageWatch> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        DamagedCells.Found += Tell;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        DamagedCells.Found -= Tell;
        return Task.CompletedTask;
    }

    private void Tell(CellName cell, string problem, string repair) => LogDamaged(cell.Table, cell.Column, cell.Condition, problem, repair);

    [LoggerMessage(Level = LogLevel.Warning, Message = "In table {Table} the column {Column} of the row {Row} cannot be read: {Problem} See 'A row that cannot be read' in docs/guides/install.md; restore the newest backup that has it, or: {Repair}")]
    private partial void LogDamaged(string table, string column, string row, string problem, string repair);
}
