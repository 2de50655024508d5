using System.Globalization;

namespace FleetProf.Faults.Memory;

/// <summary>What /proc/PID/smaps says of a .NET process, in bytes.</summary>
/// <param name="Native">Anonymous pages outside of the collector's range; null when that range was not found.</param>
/// <param name="Heap">Pages inside of it.</param>
/// <param name="Code">Compiled code and stubs: the runtime maps them twice, so each page is counted by its share.</param>
/// <param name="Resident">All pages.</param>
internal sealed record MemoryMap(long? Native, long Heap, long Code, long Resident)
{
    /// <summary>The collector reserves twice the machine's memory, 256 GB at least. The runtime's next largest ranges, for code and for the collector's own tables, have 2 GB each.</summary>
    private const ulong LeastReserve = 4UL << 30;

    /// <summary>The collector divides its range into regions that begin at multiples of this.</summary>
    private const ulong RegionBytes = 4UL << 20;

    public static MemoryMap Parse(IEnumerable<string> lines)
    {
        var all = Read(lines);
        var heap = HeapOf(all);
        List<Mapping> inside = heap is { } found ? all.GetRange(found.First, found.Last - found.First + 1) : [];
        return new(
            heap is null ? (long?)null : all.Sum(mapping => mapping.Anonymous) - inside.Sum(mapping => mapping.Anonymous),
            inside.Sum(mapping => mapping.Resident),
            all.Where(mapping => mapping.Name.Contains("doublemapper", StringComparison.Ordinal)).Sum(mapping => mapping.Share),
            all.Sum(mapping => mapping.Resident));
    }

    /// <summary>
    /// The range has no borders of its own: the kernel joins what is reserved on both sides of one. Its untouched rest is by far the largest
    /// mapping; what touches that belongs to it as long as it is reserved or begins where a region begins. Neither stacks nor the arenas of
    /// malloc are taken for it, since their flags are others; the collector's tables, which often lie just below, begin anywhere.
    /// </summary>
    private static (int First, int Last)? HeapOf(List<Mapping> all)
    {
        var rest = -1;
        for (var i = 0; i < all.Count; i++)
        {
            if (all[i].IsPlain && all[i].IsReserved && all[i].Size >= (rest < 0 ? LeastReserve : all[rest].Size))
            {
                rest = i;
            }
        }

        if (rest < 0)
        {
            return null;
        }

        var (first, last) = (rest, rest);
        while (IsJoined(all, first - 1) && (all[first - 1].IsReserved || BeginsInRegion(all, first - 1)))
        {
            first--;
        }

        while (IsJoined(all, last) && (all[last + 1].IsReserved || all[last + 1].From % RegionBytes == 0))
        {
            last++;
        }

        return (first, last);
    }

    /// <summary>Whether the mapping and the one after it touch, and both could be the collector's.</summary>
    private static bool IsJoined(List<Mapping> all, int index) =>
        index >= 0 && index + 1 < all.Count && all[index].To == all[index + 1].From && all[index].IsPlain && all[index + 1].IsPlain;

    /// <summary>Some regions consist of several mappings.</summary>
    private static bool BeginsInRegion(List<Mapping> all, int index)
    {
        while (all[index].From % RegionBytes != 0 && IsJoined(all, index - 1) && !all[index - 1].IsReserved)
        {
            index--;
        }

        return all[index].From % RegionBytes == 0;
    }

    private static List<Mapping> Read(IEnumerable<string> lines)
    {
        var all = new List<Mapping>();
        foreach (var line in lines)
        {
            var end = line.IndexOf(' ', StringComparison.Ordinal);
            if (end <= 0)
            {
                continue;
            }

            if (line[end - 1] != ':')
            {
                all.Add(Begin(line));
                continue;
            }

            switch (line[..end])
            {
                case "Rss:":
                    all[^1].Resident = Bytes(line[end..]);
                    break;
                case "Pss:":
                    all[^1].Share = Bytes(line[end..]);
                    break;
                case "Anonymous:":
                    all[^1].Anonymous = Bytes(line[end..]);
                    break;
                case "VmFlags:":
                    // No reserve of swap: arenas of malloc. No huge pages: stacks.
                    all[^1].IsOther = line.Split(' ').Any(flag => flag is "nr" or "nh");
                    break;
            }
        }

        return all;
    }

    /// <summary>The line of a mapping: range, rights, offset, device, inode, name.</summary>
    private static Mapping Begin(string line)
    {
        var words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        var range = words[0].Split('-');
        return new(Address(range[0]), Address(range[1]), words[1], words.Length > 5 ? words[5].Trim() : "") { HasFile = words[4] != "0" };
    }

    private static ulong Address(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static long Bytes(string kilobytes) => long.Parse(kilobytes.Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;

    private sealed class Mapping(ulong begin, ulong end, string rights, string name)
    {
        public ulong From => begin;

        public ulong To => end;

        public ulong Size => end - begin;

        public string Name => name;

        public bool HasFile { get; init; }

        public bool IsOther { get; set; }

        /// <summary>Neither of a file nor with a meaning that the kernel knows. Programs may name theirs.</summary>
        public bool IsPlain => !HasFile && !IsOther && (name.Length == 0 || name.StartsWith("[anon", StringComparison.Ordinal));

        /// <summary>Nobody may touch it: it has no pages.</summary>
        public bool IsReserved => rights.StartsWith("---", StringComparison.Ordinal);

        public long Resident { get; set; }

        public long Share { get; set; }

        public long Anonymous { get; set; }
    }
}
