using System.Runtime.InteropServices;

namespace FleetProf.Measures.Traces;

/// <summary>
/// Counts lost events. Every thread numbers the events it tries to write; a number that never arrives is an event the runtime
/// dropped because its buffer was full.
/// </summary>
/// <param name="maxThreads">A stream that names more is not a real one; forgetting them costs accuracy, not memory.</param>
internal sealed class SequenceNumbers(int maxThreads)
{
    private readonly Dictionary<long, uint> last = [];
    private readonly HashSet<long> listed = [];

    // Events come thread by thread: the number of the one they come of now is looked up and stored once.
    private long current;
    private uint currentNumber;
    private bool hasCurrent;
    private bool isKnown;

    public long LostEvents { get; private set; }

    /// <summary>Takes the number of a thread's next event; true when events of the thread were lost just before it.</summary>
    public bool OnEvent(long threadId, uint number)
    {
        if (threadId != current || !hasCurrent) TurnTo(threadId);
        // A thread that starts again at 1 is a new thread with a recycled id. The first number seen of a thread is 1 or follows
        // a sequence point, unless events were lost before it.
        var gap = number == 1 ? 0 : unchecked(number - currentNumber - 1);
        var hasLost = (isKnown || number > 1) && gap is > 0 and < int.MaxValue;
        if (hasLost) LostEvents += gap;
        (currentNumber, isKnown) = (number, true);
        return hasLost;
    }

    /// <summary>A sequence point names every living thread and the last number it tried; the others are gone.</summary>
    public void OnSequencePoint(ref BlockCursor cursor)
    {
        Store();
        listed.Clear();
        var count = cursor.ReadInt32();
        if (count < 0 || count > cursor.Remaining / 12) throw cursor.Fail($"A sequence point announces {count} threads and ends before them.");
        for (var i = 0; i < count; i++)
        {
            var threadId = cursor.ReadInt64();
            var number = unchecked((uint)cursor.ReadInt32());
            if (last.Count >= maxThreads) last.Clear();
            ref var previous = ref CollectionsMarshal.GetValueRefOrAddDefault(last, threadId, out _);
            var gap = unchecked(number - previous);
            if (gap < int.MaxValue)
            {
                LostEvents += gap;
                previous = number;
            }
            if (listed.Count < maxThreads) listed.Add(threadId);
        }
        if (last.Count <= listed.Count) return;
        foreach (var threadId in last.Keys)
            if (!listed.Contains(threadId))
                last.Remove(threadId);
    }

    private void TurnTo(long threadId)
    {
        Store();
        if (last.Count >= maxThreads) last.Clear();
        isKnown = last.TryGetValue(threadId, out currentNumber);
        (current, hasCurrent) = (threadId, true);
    }

    private void Store()
    {
        if (hasCurrent) last[current] = currentNumber;
        hasCurrent = false;
    }
}
