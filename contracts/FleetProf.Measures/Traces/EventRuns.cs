namespace FleetProf.Measures.Traces;

/// <summary>
/// Runs of held events, each in the order of time already, by the time of their first waiting event: a binary heap, so that the
/// merging of n events in k runs takes n log k steps at worst and hardly any while one run goes on. Equal times: the run that came first.
/// </summary>
internal sealed class EventRuns
{
    private Run[] heap = new Run[16];
    private long arrivals;

    /// <summary>The events <see cref="Next"/> (the first waiting one, whose time is <see cref="Ticks"/>) to <see cref="End"/>, which is none of them.</summary>
    internal struct Run
    {
        public long Ticks;
        public long Arrival;
        public int Next;
        public int End;

        public readonly bool ComesBefore(in Run other) => Ticks != other.Ticks ? Ticks < other.Ticks : Arrival < other.Arrival;
    }

    public int Count { get; private set; }

    /// <summary>In no particular order.</summary>
    public Span<Run> All => heap.AsSpan(0, Count);

    /// <summary>The run whose turn it is; <see cref="Settle"/> follows every change of it.</summary>
    public ref Run First => ref heap[0];

    /// <summary>Before this time no other run has an event.</summary>
    public long OthersTicks => Count switch
    {
        1 => long.MaxValue,
        2 => heap[1].Ticks,
        _ => Math.Min(heap[1].Ticks, heap[2].Ticks),
    };

    public void Add(long ticks, int start, int end)
    {
        if (Count == heap.Length) Array.Resize(ref heap, Count * 2);
        var run = new Run { Ticks = ticks, Arrival = arrivals++, Next = start, End = end };
        var place = Count++;
        for (var parent = (place - 1) / 2; place > 0 && run.ComesBefore(heap[parent]); parent = (place - 1) / 2)
        {
            heap[place] = heap[parent];
            place = parent;
        }
        heap[place] = run;
    }

    /// <summary>Puts the first run where it belongs now, or removes it when nothing of it waits any more.</summary>
    public void Settle()
    {
        var run = heap[0].Next < heap[0].End ? heap[0] : heap[--Count];
        var place = 0;
        for (var child = 1; child < Count; child = 2 * place + 1)
        {
            if (child + 1 < Count && heap[child + 1].ComesBefore(heap[child])) child++;
            if (!heap[child].ComesBefore(run)) break;
            heap[place] = heap[child];
            place = child;
        }
        heap[place] = run;
    }
}
