using System.Diagnostics;
using System.Globalization;

namespace FleetProf.TestKit.Processes;

/// <summary>
/// A running GcProbe workload: a real .NET process that collects on command and tells its own counts. It ends with this object,
/// and at the end of this process however that comes about, because it reads our end of its stdin.
/// </summary>
public sealed class GcProbeProcess : IAsyncDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly TimeSpan answerLimit;
    private readonly TimeProvider time;

    private GcProbeProcess(Process process, TimeSpan answerLimit, TimeProvider time) => (this.process, this.answerLimit, this.time) = (process, answerLimit, time);

    public int Pid => process.Id;

    /// <summary>The probe's diagnostic socket: the newest, for a killed process that had the same pid leaves its own behind.</summary>
    public string SocketPath => Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{Pid}-*-socket").MaxBy(File.GetCreationTimeUtc)
        ?? throw new InvalidOperationException($"Process {Pid} has no diagnostic socket.");

    /// <summary>Starts a probe and waits until it takes commands. <paramref name="environment"/> carries DOTNET_gc* settings.</summary>
    public static Task<GcProbeProcess> StartAsync(params (string Name, string Value)[] environment) => StartAsync("dotnet", AnswerLimit, TimeProvider.System, environment);

    /// <param name="host">dotnet, or a link to it: agents take the link's name for that of the program.</param>
    /// <param name="answerLimit">For the answer to a command; infinite for a probe that may be suspended.</param>
    /// <param name="time">By which answers are waited for.</param>
    /// <param name="environment">Beside this process's own.</param>
    public static async Task<GcProbeProcess> StartAsync(string host, TimeSpan answerLimit, TimeProvider time, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(host) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "..", "..", "GcProbe", "debug", "GcProbe.dll"));
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var probe = new GcProbeProcess(Process.Start(start) ?? throw new InvalidOperationException("The probe did not start."), answerLimit, time);
        var first = await probe.ReadAnswerAsync("start", AnswerLimit);
        return first == "ready" ? probe : throw new InvalidOperationException($"The probe said '{first}' instead of 'ready'.");
    }

    /// <summary>Sends one command and returns the answer. Throws <see cref="TimeoutException"/> naming the command after a minute, unless another limit was set.</summary>
    public async Task<string> AskAsync(string command)
    {
        await process.StandardInput.WriteLineAsync(command);
        await process.StandardInput.FlushAsync();
        return await ReadAnswerAsync(command, answerLimit);
    }

    /// <summary>The process's own GC.CollectionCount(0), (1), (2).</summary>
    public async Task<int[]> GetCollectionCountsAsync() =>
        (await AskAsync("counts")).Split(' ').Take(3).Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray();

    /// <summary>Until something else has ended it; throws <see cref="TimeoutException"/> after a minute.</summary>
    public Task UntilEndedAsync() => process.WaitForExitAsync().WaitAsync(AnswerLimit);

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
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
        }
        process.Dispose();
    }

    private async Task<string> ReadAnswerAsync(string command, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience, time);
        try
        {
            return await process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException($"Probe {Pid} ended during '{command}'.");
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Probe {Pid} did not answer '{command}' within {patience.TotalSeconds} s.");
        }
    }
}
