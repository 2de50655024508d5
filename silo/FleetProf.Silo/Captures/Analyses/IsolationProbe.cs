using System.Diagnostics;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures.Analyses;

/// <summary>Finds, once, how far this host lets the analyzer be kept apart: by starting the real analyzer so.</summary>
internal sealed partial class IsolationProbe : IDisposable
{
    /// <summary>What the analyzer says to words that are none of its own.</summary>
    private const int WrongUsageExitCode = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ArtifactStore store;
    private readonly IOptions<SiloOptions> silo;
    private readonly IOptions<CaptureOptions> captures;
    private readonly ILogger<IsolationProbe> logger;
    private readonly SemaphoreSlim one = new(1);
    private IsolationLevel? found;

    public IsolationProbe(ArtifactStore store, IOptions<SiloOptions> silo, IOptions<CaptureOptions> captures, ILogger<IsolationProbe> logger)
    {
        this.store = store;
        this.silo = silo;
        this.captures = captures;
        this.logger = logger;
        CaptureInstruments.ShowIsolation(() => found);
    }

    /// <summary>The level to use.</summary>
    /// <exception cref="InvalidOperationException">All of it is required and the host does not allow it, or the analyzer is not installed.</exception>
    public async Task<IsolationLevel> LevelAsync(CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken);
        try
        {
            found ??= await FindAsync(cancellationToken);
        }
        finally
        {
            one.Release();
        }

        return captures.Value.AnalyzerIsolation == AnalyzerIsolation.Required && found < IsolationLevel.Room
            ? throw new InvalidOperationException(
                $"{CaptureOptions.Section}:{nameof(CaptureOptions.AnalyzerIsolation)} is Required, and this host allows {found} only: user namespaces are forbidden, or util-linux (unshare, mount, pivot_root, setpriv) is missing.")
            : found.Value;
    }

    public void Dispose() => one.Dispose();

    private async Task<IsolationLevel> FindAsync(CancellationToken cancellationToken)
    {
        if (captures.Value.AnalyzerIsolation == AnalyzerIsolation.Off || !OperatingSystem.IsLinux())
        {
            LogLevelOf(IsolationLevel.Limits, "as configured, or because this is not Linux");
            return IsolationLevel.Limits;
        }

        var said = "";
        foreach (var level in (IsolationLevel[])[IsolationLevel.Room, IsolationLevel.Network])
        {
            if (await TryAsync(level, cancellationToken) is not { } refusal)
            {
                LogLevelOf(level, said.Length == 0 ? "all that there is" : said);
                return level;
            }

            said = $"{said} {level}: {refusal}".Trim();
        }

        LogWeak(said);
        return IsolationLevel.Limits;
    }

    /// <summary>Null when the analyzer answered from there, else why not.</summary>
    private async Task<string?> TryAsync(IsolationLevel level, CancellationToken cancellationToken)
    {
        using var run = store.CreateAnalysisFolder("probe-0");
        var command = AnalyzerCommand.Find(silo.Value.AnalyzerPath);
        string[] words = [.. AnalyzerRoom.Before(level, command, run, silo.Value.DataFolder), .. command, "probe"];
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = run.Temporary };
        AnalyzerProcess.FillEnvironment(start.Environment, captures.Value, run.Temporary);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
            var errors = BoundedText.ReadAsync(process.StandardError, patience.Token);
            await BoundedText.ReadAsync(process.StandardOutput, patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == WrongUsageExitCode ? null : $"exit code {process.ExitCode} {(await errors).Split('\n')[0]}".TrimEnd();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {Patience}";
        }
        finally
        {
            if (process is { HasExited: false })
            {
                process.Kill(entireProcessTree: true);
            }

            process?.Dispose();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Analyzers run with isolation {Level}: {Why}")]
    private partial void LogLevelOf(IsolationLevel level, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Analyzers run with isolation Limits only, as this host forbids more: {Why}")]
    private partial void LogWeak(string why);
}
