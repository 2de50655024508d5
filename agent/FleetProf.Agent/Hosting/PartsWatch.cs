using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Hosting;

/// <summary>Ends the agent when a part of it ends: none does by itself, except by a fault of ours, and an agent that only half works must not look alive.</summary>
internal sealed partial class PartsWatch(IHostApplicationLifetime lifetime, ILogger<PartsWatch> logger)
{
    /// <summary>Returns when the first part has ended: by its fault, or because all are told to.</summary>
    public async Task FirstEndAsync(IEnumerable<Task> parts, CancellationToken stoppingToken)
    {
        var first = await Task.WhenAny(parts);
        if (stoppingToken.IsCancellationRequested) return;
        LogFault(first.Exception?.GetBaseException());
        Environment.ExitCode = StartupProblems.CannotStart;
        lifetime.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The agent stops, a part of it failed")]
    private partial void LogFault(Exception? error);
}
