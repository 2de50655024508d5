using System.Diagnostics;
using FleetProf.AgentProtocol;

namespace FleetProf.Load.Agents;

/// <summary>Finished windows of one agent until they are acknowledged, in order, as the real agent keeps them; and a list of all that were. Thread-safe.</summary>
internal sealed class WindowSpool
{
    private const int BatchesUnderWay = 16;
    private readonly Lock gate = new();
    private readonly Queue<(VitalsBatch Batch, long DueAt)> waiting = new();
    private readonly List<long> acknowledged = [];
    private ulong last;
    private ulong sentTo;
    private ulong acknowledgedTo;
    private long keptUntil;

    /// <summary>Starts (Unix ms) of windows that the silo said it has.</summary>
    public IReadOnlyList<long> Acknowledged
    {
        get
        {
            lock (gate)
            {
                return [.. acknowledged];
            }
        }
    }

    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return waiting.Count;
            }
        }
    }

    /// <summary>There is a next to send.</summary>
    public bool IsDue
    {
        get
        {
            lock (gate)
            {
                return PeekDue() is not null;
            }
        }
    }

    /// <param name="window">Finished.</param>
    /// <param name="delay">Until it may be sent.</param>
    public void Add(VitalsWindow window, TimeSpan delay)
    {
        lock (gate)
        {
            window.BatchSequence = ++last;
            waiting.Enqueue((new VitalsBatch { Sequence = last, Windows = { window } }, Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency)));
        }
    }

    /// <summary>A new session: everything that was not acknowledged goes out again.</summary>
    /// <param name="keep">Until the silo wants it.</param>
    public void Rewind(TimeSpan keep)
    {
        lock (gate)
        {
            sentTo = acknowledgedTo;
            keptUntil = Stopwatch.GetTimestamp() + (long)(keep.TotalSeconds * Stopwatch.Frequency);
        }
    }

    /// <summary>The next to send, together with those behind it that are due, as the real agent sends them; null when there is none, or too many are under way.</summary>
    public VitalsBatch? Next()
    {
        lock (gate)
        {
            VitalsBatch? together = null;
            while (PeekDue() is { } batch)
            {
                together ??= new VitalsBatch();
                together.Windows.Add(batch.Windows);
                together.Sequence = batch.Sequence;
                sentTo++;
            }

            return together;
        }
    }

    public void Acknowledge(ulong sequence, FleetFigures figures)
    {
        lock (gate)
        {
            while (waiting.TryPeek(out var oldest) && oldest.Batch.Sequence <= sequence)
            {
                waiting.Dequeue();
                acknowledged.Add(oldest.Batch.Windows[0].WindowStartUnixMs);
                acknowledgedTo = oldest.Batch.Sequence;
                figures.Acknowledged(Stopwatch.GetElapsedTime(oldest.DueAt));
            }

            sentTo = Math.Max(sentTo, acknowledgedTo);
        }
    }

    private VitalsBatch? PeekDue()
    {
        if (sentTo == last || sentTo - acknowledgedTo >= BatchesUnderWay)
        {
            return null;
        }

        var (batch, dueAt) = waiting.ElementAt((int)(sentTo - acknowledgedTo));
        return Math.Max(dueAt, keptUntil) > Stopwatch.GetTimestamp() ? null : batch;
    }
}
