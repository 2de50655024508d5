using System.Globalization;
using System.Runtime.InteropServices;

namespace FleetProf.Measures.Tests;

public sealed class FreedMemoryTests
{
    private const int Blocks = 100_000;

    /// <summary>A hundred megabytes in small blocks, of which one in a thousand stays: nothing is free at the end of a heap.</summary>
    [Fact]
    public void TryGiveBack_OfHolesBetweenBlocks_MakesThemNoLongerResident()
    {
        var (blocks, content) = (new nint[Blocks], new byte[1_000]);
        for (var i = 0; i < Blocks; i++)
        {
            blocks[i] = Marshal.AllocHGlobal(content.Length);
            Marshal.Copy(content, 0, blocks[i], content.Length);
        }

        for (var i = 0; i < Blocks; i++)
        {
            if (i % 1_000 != 0) Marshal.FreeHGlobal(blocks[i]);
        }

        var before = Resident();
        Assert.True(FreedMemory.TryGiveBack());
        var after = Resident();

        for (var i = 0; i < Blocks; i += 1_000) Marshal.FreeHGlobal(blocks[i]);
        Assert.True(before - after > 50_000_000, $"{before} bytes before, {after} after.");
    }

    private static long Resident() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
