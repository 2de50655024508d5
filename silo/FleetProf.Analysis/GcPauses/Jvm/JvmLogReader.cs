using FleetProf.Measures.GcPauses.Logs;

namespace FleetProf.Analysis.GcPauses.Jvm;

/// <summary>
/// Finds the collections in a unified log of a Java virtual machine (-Xlog:gc or -Xlog:gc*; for ZGC, whose pauses are phases, the latter).
/// Knows the lines of G1, Parallel, Serial, Shenandoah and ZGC. Never throws; what it cannot use it counts. Not thread-safe.
/// </summary>
public sealed class JvmLogReader
{
    /// <summary>How many collections may be open at a time; young ones come and go inside a concurrent cycle.</summary>
    private const int MostOpen = 1_024;

    // Threads write a little out of order; a virtual machine that starts again goes further back.
    private const double RestartSeconds = 2;

    private readonly Action<JvmGc> _onGc;
    private readonly LogLines _lines;
    private readonly List<JvmCycle> _open = [];
    private string? _collector;
    private double _latestSeconds;

    // Of a run: where the log begins to tell of it, and whether that is the start of its process; null while no line has said so.
    private double? _firstSeconds;
    private bool? _isFromStart;

    /// <param name="onGc">Takes the collections in the order in which they began.</param>
    public JvmLogReader(Action<JvmGc> onGc)
    {
        _onGc = onGc;
        _lines = new LogLines(ReadLine);
    }

    public long Collections { get; private set; }

    /// <summary>Lines that say nothing of a collection.</summary>
    public long ForeignLines { get; private set; }

    /// <summary>Lines of a pause without a readable length.</summary>
    public long DamagedLines { get; private set; }

    public long OverlongLines => _lines.OverlongLines;

    public int Runs { get; private set; } = 1;

    /// <summary>Wall time of the first line that has one.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>Summed over the runs, from the start of each process, or of its part of the log where that begins later or has wall times only.</summary>
    public double DurationSeconds { get; private set; }

    /// <summary>A run has collections before its part of the log, as after a rotation.</summary>
    public bool BeginsLater { get; private set; }

    /// <summary>"17.0.15+6-Debian"; null where the log does not say.</summary>
    public string? Version { get; private set; }

    public bool HasTimes { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes) => _lines.Append(bytes);

    /// <summary>The log ends here: what is still open is complete.</summary>
    public void Finish()
    {
        _lines.Finish();
        EndRun();
    }

    private void ReadLine(ReadOnlySpan<byte> bytes)
    {
        // Cheaper than taking every line of the program's own apart.
        if (bytes.IndexOf("GC("u8) < 0 && bytes.IndexOf("Using "u8) < 0 && bytes.IndexOf("Version: "u8) < 0)
        {
            ForeignLines++;
            return;
        }

        var line = JvmLogLine.Parse(bytes);
        var seconds = line.UptimeSeconds ?? SinceStart(line.Time);
        if (line.Tags is null or "gc" or "gc,init" or "gc,phases" or "gc,start")
        {
            Follow(line, seconds);
            if (TakeSetup(line, seconds) || (JvmMessage.Parse(line.Message) is { } message && Take(message, line, seconds)))
            {
                return;
            }
        }

        ForeignLines++;
    }

    private bool Take(JvmMessage message, JvmLogLine line, double? seconds)
    {
        if (_isFromStart is null)
        {
            BeginsLater |= message.Number > 0;
            _isFromStart = message.Number == 0 && line.UptimeSeconds is not null;
        }

        if (message.Name.StartsWith("Pause ", StringComparison.Ordinal))
        {
            if (message.Milliseconds is { } milliseconds)
            {
                // Under -Xlog:gc the log tells of a pause at its end only.
                if (seconds - (milliseconds / 1000) is { } start && start < _firstSeconds)
                {
                    _firstSeconds = Math.Max(0, start);
                }

                Cycle(message.Number).AddPause(message, seconds);
                return true;
            }

            // Without tags the announcement of a pause looks like a line that lost its length.
            var isDamaged = line.Tags is "gc" or "gc,phases";
            DamagedLines += isDamaged ? 1 : 0;
            return isDamaged;
        }

        if (line.Tags == "gc,start")
        {
            return false;
        }

        if (message.Name.StartsWith("Concurrent ", StringComparison.Ordinal) && message.Milliseconds is not null)
        {
            Cycle(message.Number).AddConcurrent(message);
            return true;
        }

        if (message.Name.EndsWith(" Collection", StringComparison.Ordinal) && message.Heap is not null)
        {
            Cycle(message.Number).AddSummary(message);
            return true;
        }

        return false;
    }

    private bool TakeSetup(JvmLogLine line, double? seconds)
    {
        const string Using = "Using ", VersionIs = "Version: ";
        if (line.Message.StartsWith(VersionIs, StringComparison.Ordinal) && line.Tags == "gc,init")
        {
            Version ??= line.Message[VersionIs.Length..].Split(' ')[0];
            _isFromStart ??= line.UptimeSeconds is not null;
            return true;
        }

        if (line.Message.StartsWith(Using, StringComparison.Ordinal) && line.Tags is null or "gc" && IsCollector(line.Message[Using.Length..]))
        {
            if (_open.Count > 0)
            {
                EndRun();
                Runs++;
                (_firstSeconds, _latestSeconds) = (seconds, seconds ?? 0);
            }

            _isFromStart ??= line.UptimeSeconds is not null;
            _collector = line.Message[Using.Length..];
            return true;
        }

        return false;
    }

    private static bool IsCollector(string name) => name is "G1" or "Parallel" or "Serial" or "Shenandoah" or "Epsilon" || name.StartsWith("The Z ", StringComparison.Ordinal);

    private void Follow(JvmLogLine line, double? seconds)
    {
        StartedAt ??= line.Time is { } time && line.UptimeSeconds is { } uptime && time.UtcTicks > TimeSpan.FromSeconds(uptime).Ticks ? time - TimeSpan.FromSeconds(uptime) : line.Time;
        if (seconds is not { } now)
        {
            return;
        }

        HasTimes = true;
        if (now < _latestSeconds - RestartSeconds)
        {
            EndRun();
            Runs++;
        }

        _firstSeconds ??= now;
        _latestSeconds = Math.Max(_latestSeconds, now);
    }

    private double? SinceStart(DateTimeOffset? time) => time is { } now ? Math.Max(0, (now - (StartedAt ?? now)).TotalSeconds) : null;

    private JvmCycle Cycle(int number)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i].Number == number)
            {
                return _open[i];
            }
        }

        var cycle = new JvmCycle(Runs, number, _collector);
        _open.Add(cycle);
        if (_open.Count > MostOpen)
        {
            Close(_open[0]);
            _open.RemoveAt(0);
        }

        return cycle;
    }

    private void EndRun()
    {
        _open.ForEach(Close);
        _open.Clear();
        DurationSeconds += _latestSeconds - (_isFromStart == true ? 0 : _firstSeconds ?? 0);
        (_latestSeconds, _firstSeconds, _isFromStart) = (0, null, null);
    }

    // A cycle that was given up before its first pause is no collection.
    private void Close(JvmCycle cycle)
    {
        if (cycle.HasPause)
        {
            Collections++;
            _onGc(cycle.ToGc());
        }
    }
}
