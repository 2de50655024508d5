using System.Numerics;

namespace FleetProf.Analysis.Heaps.Columns;

/// <summary>
/// Address to node, for a heap that was walked upwards page by page: one bit for each place where an object can be, and per 64 bytes of
/// bits how many objects of the page come before them. Small enough to stay in the processor's cache. Many threads may ask.
/// </summary>
internal sealed unsafe class AddressRanks : IDisposable
{
    private const int PageBits = 13; // of places for objects: 64 KiB of the heap
    private const int PageWords = (1 << PageBits) / 64;
    private const int LineBits = 9;
    private const int PageLines = 1 << (PageBits - LineBits);
    private const int LineWords = PageWords / PageLines;

    /// <summary>Of a heap with fewer objects in the same space, another index is smaller.</summary>
    private const int MaxBytesPerNode = 8;

    private const int AlwaysPages = 4_096;

    private readonly Page[] _pages;
    private readonly GrowingColumn<ulong> _bits = new();
    private readonly GrowingColumn<ushort> _before = new();

    private AddressRanks(int blocks) => _pages = new Page[blocks << (AddressBlocks.OffsetBits - PageBits)];

    /// <summary>Null when the heap was not walked in that order, holds an address twice, or is too sparse.</summary>
    /// <param name="numbers">Addresses in the order of their nodes.</param>
    /// <param name="count">How many.</param>
    /// <param name="blocks">What numbered them.</param>
    public static AddressRanks? Of(uint* numbers, int count, AddressBlocks blocks)
    {
        var ranks = new AddressRanks(blocks.Count);
        if (!ranks.Fill(numbers, count))
        {
            ranks.Dispose();
            return null;
        }

        for (var line = 0; line < ranks._bits.Count / LineWords; line++)
        {
            ranks._before.Add(line % PageLines == 0 ? (ushort)0 : (ushort)(ranks._before.Values[line - 1] + Ones(ranks._bits.Values + ((line - 1L) * LineWords), LineWords)));
        }

        return ranks;
    }

    /// <summary>-1 when no object is at this address.</summary>
    public int Find(uint number)
    {
        var at = number >> PageBits;
        if (at >= (uint)_pages.Length || _pages[at] is not { Place: > 0 } page)
        {
            return -1;
        }

        var bit = (int)(number & ((1 << PageBits) - 1));
        var words = _bits.Values + ((page.Place - 1L) * PageWords);
        var (word, mask) = (bit >> 6, 1UL << (bit & 63));
        if ((words[word] & mask) == 0)
        {
            return -1;
        }

        var line = bit >> LineBits;
        var before = _before.Values[((page.Place - 1L) * PageLines) + line] + Ones(words + (line * LineWords), word - (line * LineWords));
        return page.First + before + BitOperations.PopCount(words[word] & (mask - 1));
    }

    public void Dispose()
    {
        _bits.Dispose();
        _before.Dispose();
    }

    private static int Ones(ulong* words, int count)
    {
        var ones = 0;
        for (var i = 0; i < count; i++)
        {
            ones += BitOperations.PopCount(words[i]);
        }

        return ones;
    }

    private bool Fill(uint* numbers, int count)
    {
        var (page, last, places) = (uint.MaxValue, 0u, 0);
        ulong* words = null;
        var maxPlaces = Math.Max(AlwaysPages, (long)count * MaxBytesPerNode / (PageWords * sizeof(ulong)));
        for (var node = 0; node < count; node++)
        {
            var number = numbers[node];
            if (number >> PageBits != page)
            {
                page = number >> PageBits;
                if (number == AddressBlocks.Elsewhere || _pages[page].Place > 0 || places == maxPlaces)
                {
                    return false;
                }

                _pages[page] = new Page(node, ++places);
                for (var i = 0; i < PageWords; i++)
                {
                    _bits.Add(0);
                }

                words = _bits.Values + ((places - 1L) * PageWords);
            }
            else if (number <= last)
            {
                return false;
            }

            last = number;
            var bit = number & ((1 << PageBits) - 1);
            words[bit >> 6] |= 1UL << (int)(bit & 63);
        }

        return true;
    }

    /// <param name="First">The first node in the page.</param>
    /// <param name="Place">Where its bits are, from 1 on; 0 when there is no object in it.</param>
    private readonly record struct Page(int First, int Place);
}
