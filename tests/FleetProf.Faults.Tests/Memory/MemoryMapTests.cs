using FleetProf.Faults.Memory;

namespace FleetProf.Faults.Tests.Memory;

public sealed class MemoryMapTests
{
    private const string Collector = "rd wr mr mw me ac";
    private const string CollectorReserved = "mr mw me dd";

    /// <summary>As a silo under .NET 10 and Linux 6.18 has them; sizes of pages in kB.</summary>
    private static readonly string[] Silo =
    [
        .. Mapping("5577b2d46000-5577b2d56000 rw-p 00000000 00:00 0          [heap]", 64, 64, Collector),
        // The collector's tables, and then its range: what is reserved of both is one mapping.
        .. Mapping("7f17c3de5000-7f17c3de6000 rw-p 00000000 00:00 0 ", 4, 4, Collector),
        .. Mapping("7f17c3de6000-7f1843000000 ---p 00000000 00:00 0 ", 0, 0, CollectorReserved),
        .. Mapping("7f1843000000-7f1843800000 rw-p 00000000 00:00 0 ", 8192, 8192, Collector),
        .. Mapping("7f1843800000-7f1843bd1000 rw-p 00000000 00:00 0 ", 3000, 3000, Collector),
        // More of the same region, which the kernel did not join.
        .. Mapping("7f1843bd1000-7f1843be0000 rw-p 00000000 00:00 0 ", 60, 60, Collector),
        .. Mapping("7f1843be0000-7f5842000000 ---p 00000000 00:00 0 ", 0, 0, CollectorReserved),
        // A large object at the other end.
        .. Mapping("7f5842000000-7f5842400000 rw-p 00000000 00:00 0 ", 4000, 4000, Collector),
        .. Mapping("7f5842400000-7f5842ffe000 ---p 00000000 00:00 0 ", 0, 0, CollectorReserved),
        // A stack with its guard, an arena of malloc, and memory of the runtime itself; all of them touch.
        .. Mapping("7f5842ffe000-7f5842fff000 ---p 00000000 00:00 0 ", 0, 0, "mr mw me nh"),
        .. Mapping("7f5842fff000-7f5844000000 rw-p 00000000 00:00 0 ", 8, 8, "rd wr mr mw me ac nh"),
        .. Mapping("7f5844000000-7f5848000000 rw-p 00000000 00:00 0 ", 500, 500, "rd wr mr mw me nr"),
        .. Mapping("7f5848000000-7f5848001000 rw-p 00000000 00:00 0 ", 4, 4, Collector),
        .. Mapping("7f5848001000-7f5848006000 r--s 00000000 fe:00 350852     /usr/share/dotnet/System.ComponentModel.dll", 8, 0, "rd mr me ms"),
        .. Mapping("7f5848006000-7f5848009000 rw-p 00005000 fe:00 350853     /usr/lib/libc.so.6", 12, 12, Collector),
        .. Mapping("7f5851000000-7f5851ac0000 r-xs 00000000 00:01 1031       /memfd:doublemapper (deleted)", 700, 0, "rd ex sh mr mw me ms"),
        .. Mapping("7f5851ac0000-7f58c8200000 ---p 00000000 00:00 0 ", 0, 0, CollectorReserved),
        .. Mapping("ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0  [vsyscall]", 0, 0, "ex"),
    ];

    [Fact]
    public void Parse_OfASilo_TellsTheCollectorsPagesFromAllOthers()
    {
        var map = MemoryMap.Parse(Silo);

        Assert.Equal(8192 + 3000 + 60 + 4000, map.Heap / 1024);
        Assert.Equal(64 + 4 + 8 + 500 + 4 + 12, map.Native / 1024);
        Assert.Equal(350, map.Code / 1024);
        Assert.Equal(map.Heap + map.Native + ((8 + 700) * 1024), map.Resident);
    }

    [Fact]
    public void Parse_WithoutARangeOfACollector_TellsNoNativeMemory()
    {
        var map = MemoryMap.Parse(Mapping("7f5844000000-7f5848000000 rw-p 00000000 00:00 0 ", 500, 500, "rd wr mr mw me nr"));

        Assert.Null(map.Native);
        Assert.Equal((0L, 500 * 1024L), (map.Heap, map.Resident));
    }

    private static string[] Mapping(string head, int resident, int anonymous, string flags) =>
    [
        head, "Size:                 64 kB", "KernelPageSize:        4 kB", $"Rss:          {resident} kB", $"Pss:          {resident / 2} kB", "Pss_Dirty:             0 kB",
        $"Anonymous:    {anonymous} kB", "AnonHugePages:         0 kB", "THPeligible:           0", $"VmFlags: {flags} ",
    ];
}
