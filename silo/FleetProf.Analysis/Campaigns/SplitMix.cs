namespace FleetProf.Analysis.Campaigns;

/// <summary>The SplitMix64 generator: the same numbers for a seed on every machine and runtime, as a stored draw needs.</summary>
internal sealed class SplitMix(ulong seed)
{
    private ulong state = seed;

    /// <summary>The generator of one part of a draw, independent of which other parts there are.</summary>
    public static SplitMix Of(long seed, string part)
    {
        // FNV-1a: string.GetHashCode differs from process to process.
        var hash = 14695981039346656037UL;
        foreach (var character in part)
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        return new SplitMix(new SplitMix((ulong)seed).Next() ^ hash);
    }

    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15UL;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>Uniform from 0 to below the bound; numbers that would favour small results are thrown again.</summary>
    public int Below(int bound)
    {
        var range = (ulong)bound;
        var excess = (ulong.MaxValue % range + 1) % range;
        ulong number;
        do
        {
            number = Next();
        }
        while (number > ulong.MaxValue - excess);
        return (int)(number % range);
    }

    /// <summary>Every order is equally likely.</summary>
    public void Shuffle<T>(IList<T> items)
    {
        for (var last = items.Count - 1; last > 0; last--)
        {
            var other = Below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }
}
