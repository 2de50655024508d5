using System.Diagnostics;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures.Analyses;

/// <summary>Finds, once, how far this host lets the analyzer be kept apart: by starting the real analyzer so.</summary>
internal sealed partial class IsolationProbe : IDisposable
{
    /// <summary>What the analyzer's line about itself begins with.</summary>
    private const string Confined = "confined: ";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ArtifactStore store;
    private readonly IOptions<SiloOptions> silo;
    private readonly IOptions<CaptureOptions> captures;
    private readonly ILogger<IsolationProbe> logger;
    private readonly SemaphoreSlim one = new(1);
    private Isolation? found;

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
        var (level, _) = await FoundAsync(cancellationToken);
        return captures.Value.AnalyzerIsolation == AnalyzerIsolation.Required && level < IsolationLevel.Room
            ? throw new InvalidOperationException(
                $"{CaptureOptions.Section}:{nameof(CaptureOptions.AnalyzerIsolation)} is Required, and this host allows {level} only: user namespaces are forbidden, or util-linux (unshare, mount, pivot_root, setpriv) is missing.")
            : level;
    }

    /// <summary>What there is, required or not.</summary>
    /// <exception cref="InvalidOperationException">The analyzer is not installed.</exception>
    public async Task<Isolation> FoundAsync(CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken);
        try
        {
            return found ??= await FindAsync(cancellationToken);
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    private async Task<Isolation> FindAsync(CancellationToken cancellationToken)
    {
        if (captures.Value.AnalyzerIsolation == AnalyzerIsolation.Off || !OperatingSystem.IsLinux())
        {
            LogLevelOf(IsolationLevel.Limits, AnalyzerLayers.None, "as configured, or because this is not Linux");
            return new Isolation(IsolationLevel.Limits, AnalyzerLayers.None);
        }

        var said = "";
        var isolation = new Isolation(IsolationLevel.Limits, AnalyzerLayers.None);
        foreach (var level in (IsolationLevel[])[IsolationLevel.Room, IsolationLevel.Network, IsolationLevel.Limits])
        {
            var (refusal, layers) = await TryAsync(level, cancellationToken);
            if (refusal is null)
            {
                isolation = new Isolation(level, layers);
                break;
            }

            said = $"{said} {level}: {refusal}".Trim();
        }

        if (isolation.Level == IsolationLevel.Limits)
        {
            LogWeak(isolation.Layers, said);
        }
        else
        {
            LogLevelOf(isolation.Level, isolation.Layers, said.Length == 0 ? "all that there is" : said);
        }

        if (isolation.Layers != AnalyzerLayers.All)
        {
            LogMissing(AnalyzerLayers.All & ~isolation.Layers);
        }

        return isolation;
    }

    /// <summary>Why the analyzer did not answer from there, or null and the layers that it found in force.</summary>
    private async Task<(string? Refusal, AnalyzerLayers Layers)> TryAsync(IsolationLevel level, CancellationToken cancellationToken)
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
            var answer = await BoundedText.ReadAsync(process.StandardOutput, patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0 ? (null, LayersIn(answer)) : ($"exit code {process.ExitCode} {(await errors).Split('\n')[0]}".TrimEnd(), AnalyzerLayers.None);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (missing.Message, AnalyzerLayers.None);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ($"no answer within {Patience}", AnalyzerLayers.None);
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

    private static AnalyzerLayers LayersIn(string answer) =>
        answer.Split('\n').FirstOrDefault(line => line.StartsWith(Confined, StringComparison.Ordinal)) is { } line && Enum.TryParse<AnalyzerLayers>(line[Confined.Length..], out var layers)
            ? layers & AnalyzerLayers.All
            : AnalyzerLayers.None;

    [LoggerMessage(Level = LogLevel.Information, Message = "Analyzers run with isolation {Level} and confine {Layers} by themselves: {Why}")]
    private partial void LogLevelOf(IsolationLevel level, AnalyzerLayers layers, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Analyzers run with isolation Limits only and confine {Layers} by themselves, as this host forbids more: {Why}")]
    private partial void LogWeak(AnalyzerLayers layers, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Analyzers cannot take from themselves: {Missing}. Calls need seccomp, Files landlock (Linux 5.13, and landlock among the kernel's lsm)")]
    private partial void LogMissing(AnalyzerLayers missing);
}
