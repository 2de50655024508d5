using System.Diagnostics;
using System.Globalization;
using FleetProf.Agent.Collectors.DotNet;

namespace FleetProf.Benchmarks;

/// <summary>A workload that takes orders line by line on standard input and answers "done"; it ends with this process.</summary>
internal sealed class WorkloadProcess : IAsyncDisposable
{
    private readonly Process _process;

    private WorkloadProcess(Process process) => _process = process;

    public DiagnosticEndpoint Endpoint => new(_process.Id, Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{_process.Id}-*-socket").MaxBy(File.GetCreationTimeUtc)!);

    public static async Task<WorkloadProcess> StartAsync(string program, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [PathOf(program)]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var workload = new WorkloadProcess(Process.Start(start)!);
        await workload.ReadAsync("ready");
        return workload;
    }

    /// <summary>Path of another project's built program.</summary>
    public static string PathOf(string program) => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", program, "debug", program + ".dll"));

    public async Task DoAsync(string word, int amount)
    {
        await _process.StandardInput.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{word} {amount}"));
        await _process.StandardInput.FlushAsync();
        await ReadAsync("done");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(string expected)
    {
        var line = await _process.StandardOutput.ReadLineAsync();
        if (line?.StartsWith(expected, StringComparison.Ordinal) != true)
        {
            throw new InvalidOperationException($"The workload said '{line}' instead of '{expected}'.");
        }
    }
}
