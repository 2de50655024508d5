using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using FleetProf.Agent.Tests.Captures.Rig;

namespace FleetProf.Agent.Tests.Control;

/// <summary>The agent as a process of its own. It ends with this object, and with this process however that ends.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly Task pumps;

    private AgentProcess(Process process)
    {
        this.process = process;
        pumps = Task.WhenAll(PumpAsync(process.StandardOutput), PumpAsync(process.StandardError));
    }

    public int Pid => process.Id;

    public string Said => string.Join('\n', lines);

    /// <param name="options">Pairs "Name=value" of FleetProf:Agent, or of another section where it is named: "FleetProf:Join:Name=value".</param>
    public static AgentProcess Start(params string[] options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(BuildOutput.Of("FleetProf.Agent"));
        start.ArgumentList.Add("--FleetProf:ExitWithParent=true");
        foreach (var option in options) start.ArgumentList.Add(option.StartsWith("FleetProf:", StringComparison.Ordinal) ? "--" + option : "--FleetProf:Agent:" + option);
        return new AgentProcess(Process.Start(start) ?? throw new InvalidOperationException("The agent did not start."));
    }

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Pid.ToString(CultureInfo.InvariantCulture)]);
        return await UntilEndAsync();
    }

    public void CloseInput() => process.StandardInput.Close();

    public async Task<int> UntilEndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        try
        {
            await process.WaitForExitAsync(limit.Token);
            await pumps.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The agent did not end within 90 s:\n{Said}");
        }
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }

    private async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line) lines.Enqueue(line);
    }
}
