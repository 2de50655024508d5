using System.Globalization;

namespace FleetProf.Analysis.GcPauses.Jvm;

/// <summary>
/// What a line says of one collection: "GC(7) Pause Young (Normal) (G1 Evacuation Pause) 194M->41M(380M) 1.173ms" taken apart.
/// Generational ZGC has a letter and a colon before the name.
/// </summary>
internal sealed record JvmMessage
{
    private const double LongestMs = 1e9;
    private const double LargestBytes = 1L << 60;

    private JvmMessage(int number, string name, IReadOnlyList<string> details) => (Number, Name, Details) = (number, name, details);

    public int Number { get; }

    /// <summary>What stands before the first parenthesis: "Pause Young", "Concurrent Mark Cycle", "Garbage Collection".</summary>
    public string Name { get; }

    /// <summary>The texts in parentheses behind the name.</summary>
    public IReadOnlyList<string> Details { get; }

    /// <summary>Null on the line that announces a phase.</summary>
    public double? Milliseconds { get; private init; }

    public (long Before, long After, long? Capacity)? Heap { get; private init; }

    public static JvmMessage? Parse(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith("GC(") || text.IndexOf(')') is not (> 3 and var close)
            || !int.TryParse(text[3..close], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || text[close..] is not [_, ' ', .. var rest])
        {
            return null;
        }

        if (rest is [_, ':', ' ', .. var behindLetter])
        {
            rest = behindLetter;
        }

        var milliseconds = TakeDuration(ref rest);
        var heap = TakeHeap(ref rest);
        var (name, details) = Split(rest);
        return new JvmMessage(number, name, details) { Milliseconds = milliseconds, Heap = heap };
    }

    private static double? TakeDuration(ref ReadOnlySpan<char> text)
    {
        var start = text.LastIndexOf(' ') + 1;
        var word = text[start..];
        var (unit, scale) = word switch { [.., 'm', 's'] => (2, 1.0), [.., 's'] => (1, 1000.0), _ => (0, 0.0) };
        if (unit == 0 || !double.TryParse(word[..^unit], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value * scale > LongestMs)
        {
            return null;
        }

        text = text[..start].TrimEnd();
        return value * scale;
    }

    // "194M->41M(380M)", and of ZGC "36M(38%)->36M(38%)".
    private static (long, long, long?)? TakeHeap(ref ReadOnlySpan<char> text)
    {
        var start = text.LastIndexOf(' ') + 1;
        var word = text[start..];
        if (word.IndexOf("->") is not (> 0 and var arrow) || Bytes(word[..arrow], out _) is not { } before || Bytes(word[(arrow + 2)..], out var behind) is not { } after)
        {
            return null;
        }

        text = text[..start].TrimEnd();
        return (before, after, behind is ['(', .. var capacity, ')'] ? Bytes(capacity, out _) : null);
    }

    /// <summary>A number with B, K, M, G or T at the front; null when there is none.</summary>
    private static long? Bytes(ReadOnlySpan<char> text, out ReadOnlySpan<char> behind)
    {
        behind = default;
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || "BKMGT".IndexOf(text[digits], StringComparison.Ordinal) is not (>= 0 and var unit) || !long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        behind = text[(digits + 1)..];
        var bytes = value * Math.Pow(1024, unit);
        return bytes <= LargestBytes ? (long)bytes : null;
    }

    private static (string Name, IReadOnlyList<string> Details) Split(ReadOnlySpan<char> text)
    {
        var details = new List<string>();
        var open = text.IndexOf(" (");
        var name = (open < 0 ? text : text[..open]).ToString();
        while (open >= 0)
        {
            // "System.gc()" has parentheses of its own.
            var (depth, end) = (0, open + 1);
            for (; end < text.Length; end++)
            {
                depth += text[end] switch { '(' => 1, ')' => -1, _ => 0 };
                if (depth == 0)
                {
                    break;
                }
            }

            details.Add(text[(open + 2)..Math.Min(end, text.Length)].ToString());
            text = text[Math.Min(end + 1, text.Length)..];
            open = text.StartsWith(" (") ? 0 : -1;
        }

        return (name, details);
    }
}
