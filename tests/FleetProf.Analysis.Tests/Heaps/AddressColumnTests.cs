using CsCheck;
using FleetProf.Analysis.Heaps;

namespace FleetProf.Analysis.Tests.Heaps;

public sealed class AddressColumnTests
{
    private static readonly Gen<ulong> Address = Gen.OneOf(
        Gen.ULong, // anywhere, mostly unaligned
        Gen.ULong[0, 1 << 20].Select(number => 0x7f12_3400_0000 + (number * 8)),
        Gen.Select(Gen.ULong[0, 40], Gen.ULong[0, 1 << 20]).Select((block, number) => (block << 31) + (number * 8)),
        Gen.Const(ulong.MaxValue),
        Gen.Const(0x7_ffff_fff8UL));

    [Fact]
    public void Column_OfAnyAddresses_GivesThemBackInOrder() => Address.List[0, 2_000].Sample(addresses =>
    {
        var (drained, copied) = (new AddressColumn(), new AddressColumn());
        foreach (var address in addresses)
        {
            drained.Add(address);
            copied.Add(address);
        }

        Assert.Equal(addresses.Count, drained.Count);
        Assert.Equal(addresses, drained.Drain().SelectMany(part => part.ToArray()));
        Assert.Equal(addresses, copied.DrainToArray());
    });

    [Fact]
    public void Column_OfMoreThanAChunk_GivesThemBackInOrder()
    {
        var column = new AddressColumn();
        var addresses = Enumerable.Range(0, 600_000).Select(number => number % 1_000 == 0 ? (ulong)number : 0x7f00_0000_0000 + ((ulong)number * 24)).ToArray();
        foreach (var address in addresses)
        {
            column.Add(address);
        }

        Assert.Equal(addresses, column.DrainToArray());
    }
}
