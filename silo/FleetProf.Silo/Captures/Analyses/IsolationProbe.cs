using System.Diagnostics;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures.Analyses;

/// <summary>Finds how far this host lets the analyzer be kept apart, by starting the real analyzer so: once, unless the host was only too busy to answer.</summary>
internal sealed partial class IsolationProbe : IDisposable
{
    /// <summary>What the analyzer's line about itself begins with.</summary>
    private const string Confined = "confined: ";

    /// <summary>Exit codes beyond it are signals: out of memory, as a rule.</summary>
    private const int KilledBySignal = 128;
    private const int NoSuchProgram = 2;     // ENOENT

    /// <summary>What a busy host cost is looked for again after this long.</summary>
    internal static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(5);

    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ArtifactStore store;
    private readonly IOptions<SiloOptions> silo;
    private readonly IOptions<CaptureOptions> captures;
    private readonly TimeProvider clock;
    private readonly ILogger<IsolationProbe> logger;
    private readonly SemaphoreSlim one = new(1);
    private Isolation? found;

    /// <summary>When a level was lost to something that passes; null when none was.</summary>
    private long? lostAt;

    public IsolationProbe(ArtifactStore store, IOptions<SiloOptions> silo, IOptions<CaptureOptions> captures, TimeProvider clock, ILogger<IsolationProbe> logger)
    {
        this.store = store;
        this.silo = silo;
        this.captures = captures;
        this.clock = clock;
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
            if (found is { } known && (lostAt is not { } since || clock.GetElapsedTime(since) < AgainAfter))
            {
                return known;
            }

            var (isolation, isLost) = await FindAsync(cancellationToken);
            lostAt = isLost ? clock.GetTimestamp() : null;
            // What answered before answers when the host is less busy.
            return found = isLost && found is { } before && (before.Level, before.Layers).CompareTo((isolation.Level, isolation.Layers)) > 0 ? before : isolation;
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    /// <summary>The strongest level that answered, and whether one that did not may answer later.</summary>
    private async Task<(Isolation Isolation, bool IsLost)> FindAsync(CancellationToken cancellationToken)
    {
        if (captures.Value.AnalyzerIsolation == AnalyzerIsolation.Off || !OperatingSystem.IsLinux())
        {
            LogLevelOf(IsolationLevel.Limits, AnalyzerLayers.None, "as configured, or because this is not Linux");
            return (new Isolation(IsolationLevel.Limits, AnalyzerLayers.None), false);
        }

        var (said, isLost) = ("", false);
        var isolation = new Isolation(IsolationLevel.Limits, AnalyzerLayers.None);
        foreach (var level in (IsolationLevel[])[IsolationLevel.Room, IsolationLevel.Network, IsolationLevel.Limits])
        {
            var answer = await TryAsync(level, cancellationToken);
            if (answer.Refusal is null)
            {
                isolation = new Isolation(level, answer.Layers);
                break;
            }

            isLost |= answer.MayPass;
            said = $"{said} {level}: {answer.Refusal}".Trim();
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

        if (isLost)
        {
            LogLost(AgainAfter);
        }

        return (isolation, isLost);
    }

    private async Task<Answer> TryAsync(IsolationLevel level, CancellationToken cancellationToken)
    {
        using var run = store.CreateAnalysisFolder("probe-0");
        var command = AnalyzerCommand.Find(silo.Value.AnalyzerPath);
        string[] words = [.. AnalyzerRoom.Before(level, command, run, silo.Value.DataFolder), .. command, "probe"];
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = run.Temporary };
        AnalyzerProcess.FillEnvironment(start.Environment, captures.Value, run.Temporary);
        using var late = new CancellationTokenSource(Patience, clock);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
            var errors = BoundedText.ReadAsync(process.StandardError, patience.Token);
            var answer = await BoundedText.ReadAsync(process.StandardOutput, patience.Token);
            await process.WaitForExitAsync(patience.Token);
            var (exitCode, said) = AnalyzerRoom.EndOf(process.ExitCode, await errors);
            return exitCode == 0
                ? new Answer(null, LayersIn(answer))
                : new Answer($"exit code {exitCode} {said}".TrimEnd(), MayPass: exitCode > KilledBySignal);
        }
        catch (System.ComponentModel.Win32Exception unstarted)
        {
            return new Answer(unstarted.Message, MayPass: unstarted.NativeErrorCode != NoSuchProgram);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Answer($"no answer within {Patience}", MayPass: true);
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

    /// <param name="Refusal">Why the analyzer did not answer from there; null when it did.</param>
    /// <param name="Layers">That it found in force.</param>
    /// <param name="MayPass">The refusal is the host's state of the moment rather than its rule.</param>
    private readonly record struct Answer(string? Refusal, AnalyzerLayers Layers = AnalyzerLayers.None, bool MayPass = false);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A probe of the analyzer's isolation was cut short, as of a host that is too busy: analyses after {Again} probe again")]
    private partial void LogLost(TimeSpan again);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Analyzers cannot take from themselves: {Missing}. Calls need seccomp, Files landlock (Linux 5.13, and landlock among the kernel's lsm)")]
    private partial void LogMissing(AnalyzerLayers missing);
}
