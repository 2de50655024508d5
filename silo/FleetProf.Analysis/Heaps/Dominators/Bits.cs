namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>A set of small numbers, one bit each: stays in the processor's cache where a column of numbers would not.</summary>
internal sealed class Bits(int length)
{
    private readonly ulong[] _words = new ulong[(length + 63L) / 64];

    public bool this[int number] => (_words[number >> 6] & (1UL << number)) != 0;

    public void Add(int number) => _words[number >> 6] |= 1UL << number;
}
