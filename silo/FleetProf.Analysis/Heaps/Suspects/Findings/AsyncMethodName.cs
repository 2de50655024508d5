namespace FleetProf.Analysis.Heaps.Suspects.Findings;

/// <summary>The method a programmer wrote, from the name of the state machine that the compiler made of it.</summary>
public static class AsyncMethodName
{
    /// <summary>
    /// "AsyncStateMachineBox`1[R,Shop.Desk+&lt;PlaceAsync&gt;d__4]" is "Shop.Desk.PlaceAsync"; local functions and lambdas are named with the
    /// method they stand in. Null when there is no state machine in the name.
    /// </summary>
    public static string? Of(string typeName)
    {
        var close = typeName.IndexOf(">d", StringComparison.Ordinal);
        var open = close < 0 ? -1 : OpeningOf(typeName, close);
        if (open < 0)
        {
            return null;
        }

        // The machine's own type arguments come behind it, so what stands before it is the name of the class it is in.
        var begin = open == 0 ? 0 : typeName.LastIndexOfAny([',', '['], open - 1) + 1;
        var classes = typeName[begin..open].Split('+', StringSplitOptions.RemoveEmptyEntries).Where(part => !part.StartsWith('<')).Select(part => part.Split('`')[0]);
        return string.Join('.', [.. classes, Written(typeName[(open + 1)..close])]);
    }

    private static int OpeningOf(string text, int close)
    {
        for (var (at, depth) = (close, 0); at >= 0; at--)
        {
            depth += text[at] switch { '>' => 1, '<' => -1, _ => 0 };
            if (depth == 0)
            {
                return at;
            }
        }

        return -1;
    }

    // "<Main>g__LoadAsync|0_1" is a local function, "<Main>b__0" a lambda.
    private static string Written(string inner)
    {
        var close = inner.IndexOf('>', StringComparison.Ordinal);
        if (!inner.StartsWith('<') || close < 0)
        {
            return inner;
        }

        var local = inner.IndexOf("g__", close, StringComparison.Ordinal);
        return local < 0 ? $"{inner[1..close]} (lambda)" : $"{inner[1..close]}.{inner[(local + 3)..].Split('|')[0]}";
    }
}
