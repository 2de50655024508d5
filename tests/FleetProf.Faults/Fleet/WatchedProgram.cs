using System.Diagnostics;

namespace FleetProf.Faults.Fleet;

/// <summary>
/// A GcProbe that goes by a name of its own: agents of one host tell by it which processes of a service are theirs, as hosts would. It ends
/// with this object, and at the end of this process however that comes about, because it reads our end of its stdin.
/// </summary>
internal sealed class WatchedProgram : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(5);

    private readonly Process process;

    private WatchedProgram(Process process) => this.process = process;

    public int Pid => process.Id;

    /// <summary>Returns when it takes commands.</summary>
    /// <param name="host">A link to dotnet; the agent takes the link's name for that of the program.</param>
    /// <param name="environment">Beside this process's own.</param>
    public static async Task<WatchedProgram> StartAsync(string host, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, "..", "..", "GcProbe", "debug", "GcProbe.dll")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var program = new WatchedProgram(Process.Start(start) ?? throw new InvalidOperationException($"{host} did not start."));
        var first = await program.ReadAsync().WaitAsync(EndLimit);
        return first == "ready" ? program : throw new InvalidOperationException($"The program said '{first}' instead of 'ready'.");
    }

    /// <summary>Waits for the answer as long as it takes, for the program may be suspended. Throws <see cref="InvalidOperationException"/> or <see cref="IOException"/> when it ends.</summary>
    public async Task AskAsync(string command)
    {
        await process.StandardInput.WriteLineAsync(command);
        await process.StandardInput.FlushAsync();
        await ReadAsync();
    }

    /// <summary>Until something else has ended it; throws <see cref="TimeoutException"/> after a minute.</summary>
    public Task UntilEndedAsync() => process.WaitForExitAsync().WaitAsync(EndLimit);

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            using var limit = new CancellationTokenSource(GoodbyeLimit);
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        process.Dispose();
    }

    private async Task<string> ReadAsync() => await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"Program {Pid} ended.");
}
