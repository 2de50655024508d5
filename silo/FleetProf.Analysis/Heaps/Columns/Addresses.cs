using System.Collections;

namespace FleetProf.Analysis.Heaps.Columns;

/// <summary>Where the objects of a heap were, in four bytes each.</summary>
internal sealed class Addresses(uint[] numbers, AddressBlocks blocks, int[] elsewhere, ulong[] address) : IReadOnlyList<ulong>
{
    public int Count => numbers.Length;

    public ulong this[int index] => numbers[index] is var number && number != AddressBlocks.Elsewhere ? blocks.Expand(number) : address[Array.BinarySearch(elsewhere, index)];

    public IEnumerator<ulong> GetEnumerator()
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
