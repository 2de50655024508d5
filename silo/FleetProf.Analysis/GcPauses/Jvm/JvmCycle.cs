namespace FleetProf.Analysis.GcPauses.Jvm;

/// <summary>A collection whose lines are still coming.</summary>
internal sealed class JvmCycle(int run, int number, string? collector)
{
    private const int MostPauses = 1_000;
    private static readonly string[] YoungTypes = ["Normal", "Concurrent Start", "Prepare Mixed", "Mixed", "Concurrent End"];

    private readonly List<JvmPause> _pauses = [];
    private string? _name;
    private string? _cause;
    private double _concurrentMs;
    private long? _before;
    private long? _after;
    private long? _capacity;

    public int Run { get; } = run;

    public int Number { get; } = number;

    public bool HasPause => _pauses.Count > 0;

    public void AddPause(JvmMessage message, double? endSeconds)
    {
        if (_pauses.Count == MostPauses)
        {
            return;
        }

        var kind = message.Name["Pause ".Length..];
        var milliseconds = message.Milliseconds!.Value;
        _pauses.Add(new JvmPause(kind, endSeconds is { } end ? Math.Max(0, end - (milliseconds / 1000)) : null, milliseconds));
        Name(kind, message.Details);
        AddHeap(message);
    }

    public void AddConcurrent(JvmMessage message)
    {
        _concurrentMs += message.Milliseconds ?? 0;
        AddHeap(message);
    }

    /// <summary>The line that closes a cycle of ZGC: "Garbage Collection (Warmup)", "Minor Collection (Allocation Rate)".</summary>
    public void AddSummary(JvmMessage message)
    {
        _cause ??= message.Details is [var cause, ..] ? cause : null;
        if (message.Name.StartsWith("Minor", StringComparison.Ordinal))
        {
            _name = "Young";
        }

        if (message.Heap is { } heap)
        {
            (_before, _after) = (heap.Before, heap.After);
        }
    }

    public JvmGc ToGc() => new()
    {
        Run = Run,
        Number = Number,
        Collector = collector,
        Name = _name ?? "Concurrent",
        Cause = _cause,
        Pauses = _pauses,
        ConcurrentMs = _concurrentMs,
        HeapBeforeBytes = _before,
        HeapAfterBytes = _after,
        CapacityBytes = _capacity,
    };

    private void Name(string kind, IReadOnlyList<string> details)
    {
        if (kind is not ("Young" or "Full"))
        {
            return;
        }

        var isTyped = details.Count > 0 && YoungTypes.Contains(details[0]);
        _name = isTyped && details[0] == "Mixed" ? "Mixed" : kind;
        // What comes behind the cause is trouble: "Evacuation Failure".
        var causes = details.Skip(isTyped ? 1 : 0).ToList();
        _cause = causes.Count > 0 ? string.Join("; ", causes) : _cause;
    }

    private void AddHeap(JvmMessage message)
    {
        if (message.Heap is { } heap)
        {
            _before ??= heap.Before;
            (_after, _capacity) = (heap.After, heap.Capacity ?? _capacity);
        }
    }
}
