using System.Runtime.CompilerServices;

namespace Planted;

/// <summary>Allocates objects of one type and size: counted truth for estimates from samples.</summary>
public static class Sizes
{
    private static object? _sink;

    /// <summary>Does nothing but allocate, so often. Answers whether there is such a word.</summary>
    public static bool TryAllocate(string word, int count)
    {
        Action<int>? allocate = word switch
        {
            "small" => static times => Fill(times, static () => new Small()),
            "medium" => static times => Fill(times, static () => new Medium()),
            "cells-100" => static times => Fill(times, static () => new Cell100[100]),
            "cells-1000" => static times => Fill(times, static () => new Cell1000[1_000]),
            "cells-10000" => static times => Fill(times, static () => new Cell10000[10_000]),
            "cells-25000" => static times => Fill(times, static () => new Cell25000[25_000]),
            _ => null,
        };
        allocate?.Invoke(count);
        return allocate is not null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fill(int count, Func<object> make)
    {
        for (var i = 0; i < count; i++)
        {
            _sink = make();
        }

        GC.KeepAlive(_sink);
    }

    private sealed class Small
    {
        public long A { get; set; }
    }

    private sealed class Medium
    {
        public decimal A { get; set; }

        public decimal B { get; set; }

        public decimal C { get; set; }

        public decimal D { get; set; }

        public decimal E { get; set; }

        public decimal F { get; set; }
    }

    private readonly record struct Cell100(long Value);

    private readonly record struct Cell1000(long Value);

    private readonly record struct Cell10000(long Value);

    private readonly record struct Cell25000(long Value);
}
