using FleetProf.Measures.GcPauses.Logs;

namespace FleetProf.Measures.GcPauses.Go;

/// <summary>
/// Finds the collections in a log that holds gctrace lines among others, whatever stands before or behind them on a line (a container's
/// time stamp, a message without a line end). Never throws; what it cannot use it counts. Not thread-safe.
/// </summary>
public sealed class GcTraceReader
{
    private readonly Action<GoGc> onGc;
    private readonly LogLines lines;
    private GoGc last;

    /// <param name="onGc">Takes the collections in the order of the log.</param>
    public GcTraceReader(Action<GoGc> onGc)
    {
        this.onGc = onGc;
        lines = new LogLines(ReadLine);
    }

    public long Collections { get; private set; }

    /// <summary>Lines without any sign of gctrace.</summary>
    public long ForeignLines { get; private set; }

    /// <summary>Lines that begin like gctrace and are cut, mixed with other text, or out of range.</summary>
    public long DamagedLines { get; private set; }

    /// <summary>Repetitions of the collection before, as forwarders of logs produce them.</summary>
    public long RepeatedLines { get; private set; }

    public long OverlongLines => lines.OverlongLines;

    /// <summary>Numbers that are missing between two collections of one run: their lines were damaged or lost.</summary>
    public long MissedGcs { get; private set; }

    /// <summary>How many runs of the program were seen: each time that numbers or times go back another one begins.</summary>
    public int Runs => last.Run;

    /// <summary>The next piece, cut anywhere.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => lines.Append(bytes);

    /// <summary>The log ends here: a last line without line end counts.</summary>
    public void Finish() => lines.Finish();

    /// <summary>The log continues elsewhere, because it was replaced: an unfinished line is dropped.</summary>
    public void Drop() => lines.Drop();

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        var (found, isDamaged) = (false, false);
        while (line.IndexOf("gc "u8) is >= 0 and var start)
        {
            line = line[start..];
            var length = "gc "u8.Length;
            if (GcTraceLine.TryParse(line, out var gc, out var parsed))
            {
                (length, found) = (parsed, true);
                Take(gc);
            }
            else
            {
                isDamaged |= GcTraceLine.IsStart(line);
            }
            line = line[length..];
        }
        if (isDamaged) DamagedLines++;
        else if (!found) ForeignLines++;
    }

    private void Take(GoGc gc)
    {
        if (last.Run > 0 && gc.Number == last.Number && gc.AtSeconds == last.AtSeconds)
        {
            RepeatedLines++;
            return;
        }
        var isNewRun = gc.Number <= last.Number || gc.AtSeconds < last.AtSeconds || last.Run == 0;
        if (!isNewRun) MissedGcs += gc.Number - last.Number - 1;
        last = gc with { Run = isNewRun ? last.Run + 1 : last.Run };
        Collections++;
        onGc(last);
    }
}
