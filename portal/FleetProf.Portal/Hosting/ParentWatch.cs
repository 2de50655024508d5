namespace FleetProf.Portal.Hosting;

/// <summary>Stops this process when the one that started it is gone: its end of our standard input closes, however it ends.</summary>
internal sealed partial class ParentWatch(IHostApplicationLifetime lifetime, ILogger<ParentWatch> log) : IHostedService
{
    public const string Key = "FleetProf:ExitWithParent";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A blocking read cannot be cancelled; a background thread does not keep the process alive.
        new Thread(ReadUntilEnd) { IsBackground = true, Name = "parent watch" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void ReadUntilEnd()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[64];
        while (input.Read(ignored) > 0)
        {
        }

        LogParentGone();
        lifetime.StopApplication();
        Thread.Sleep(Patience);
        Environment.Exit(1);
    }

    [LoggerMessage(10, LogLevel.Information, "The parent process is gone; stopping")]
    private partial void LogParentGone();
}
