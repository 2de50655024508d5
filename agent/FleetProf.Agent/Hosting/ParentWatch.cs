using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Hosting;

/// <summary>Ends the agent when whoever started it is gone: the other end of standard input closes with that process, however it dies.</summary>
internal sealed partial class ParentWatch(IHostApplicationLifetime lifetime, ILogger<ParentWatch> logger) : IHostedService
{
    public const string Key = "FleetProf:ExitWithParent";
    private static readonly TimeSpan HardExitAfter = AgentRun.StopLimit + TimeSpan.FromSeconds(5);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A blocking read on a thread of its own: console streams do not cancel.
        new Thread(Watch) { IsBackground = true, Name = "parent-watch" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Watch()
    {
        using var input = Console.OpenStandardInput();
        var ignored = new byte[256];
        while (input.Read(ignored) > 0)
        {
        }
        LogParentGone();
        lifetime.StopApplication();
        Thread.Sleep(HardExitAfter);
        Environment.Exit(1);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The starting process is gone; stopping")]
    private partial void LogParentGone();
}
