using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;
using FleetProf.Measures.GcPauses.Events;
using FleetProf.Measures.Traces;

namespace FleetProf.Analyzer.GcPauses;

/// <summary>
/// The collections of a recording with their causes, by the same code as in the agent, so that both say the same of the same events.
/// Of a recording in a format that this code does not read, or from the byte on where it is damaged, it knows nothing.
/// </summary>
internal sealed class RecordedPauses : INettraceSink, IPauseObserver
{
    private const int PieceBytes = 1 << 16;

    private readonly Dictionary<int, CausedGc> _collections = [];
    private readonly GcCauseClassifier _causes = new();
    private readonly EventSorter _sorter;
    private NettraceEventType? _knownType;
    private bool _isWanted;

    private RecordedPauses() => _sorter = new EventSorter(new GcEventDecoder(this));

    /// <summary>By the number of the collection.</summary>
    public static IReadOnlyDictionary<int, CausedGc> Read(string path)
    {
        var pauses = new RecordedPauses();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var reader = new NettraceReader(pauses);
        var piece = new byte[PieceBytes];
        try
        {
            while (!reader.HasEnded && file.Read(piece) is > 0 and var count)
            {
                reader.Read(piece.AsSpan(0, count));
            }
        }
        catch (NettraceFormatException)
        {
            // What was read before is as good as ever; the rest of the analysis says what is wrong with the file.
        }

        pauses._sorter.Flush();
        pauses._sorter.OnSequencePoint(long.MaxValue);
        return pauses._collections;
    }

    void INettraceSink.OnStart(TraceClock clock) => _sorter.OnStart(clock);

    void INettraceSink.OnEvent(in NettraceEvent traceEvent)
    {
        if (!ReferenceEquals(traceEvent.Type, _knownType))
        {
            _knownType = traceEvent.Type;
            _isWanted = _knownType.Provider == GcEventDecoder.Provider && GcEventDecoder.IsDecoded(_knownType.EventId);
        }

        // A loss on a thread matters to its collection whatever the event that tells it.
        if (_isWanted || traceEvent.IsAfterLoss)
        {
            _sorter.OnEvent(traceEvent);
        }
        else if (traceEvent.IsSorted)
        {
            _sorter.Pass(traceEvent.Ticks);
        }
    }

    void INettraceSink.OnSequencePoint(long ticks) => _sorter.OnSequencePoint(ticks);

    void INettraceSink.OnLoss(long ticks) => _sorter.OnLoss(ticks);

    void IPauseObserver.OnPause(in GcPause pause)
    {
    }

    void IPauseObserver.OnGc(in GcRecord gc) => _collections[gc.Number] = new CausedGc(gc, _causes.Classify(gc));

    void IPauseObserver.OnOtherSuspension(long endTicks, double suspensionMs)
    {
    }

    void IPauseObserver.OnMissedGcs(long ticks, int count)
    {
    }
}
