using CsCheck;
using FleetProf.Analysis.Heaps.Columns;

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
        using var column = new AddressColumn(new AddressBlocks());
        foreach (var address in addresses)
        {
            column.Add(address);
        }

        Assert.Equal(addresses.Count, column.Count);
        Assert.Equal(addresses, Enumerable.Range(0, addresses.Count).Select(index => column[index]));
        Assert.Equal(addresses, column.ToAddressesAndDispose());
    });

    [Fact]
    public void Columns_WithTheSameBlocks_NumberTheSameAddressAlike() => Address.List[0, 200].Sample(addresses =>
    {
        var blocks = new AddressBlocks();
        var numbers = addresses.ConvertAll(blocks.Compress);

        Assert.Equal(numbers, addresses.ConvertAll(blocks.Compress));
        Assert.All(addresses.Zip(numbers).Where(pair => pair.Second != AddressBlocks.Elsewhere), pair => Assert.Equal(pair.First, blocks.Expand(pair.Second)));
    });

    [Fact]
    public void Column_OfManyAddresses_GivesThemBackInOrder()
    {
        using var column = new AddressColumn(new AddressBlocks());
        var addresses = Enumerable.Range(0, 600_000).Select(number => number % 1_000 == 0 ? (ulong)number + 1 : 0x7f00_0000_0000 + ((ulong)number * 24)).ToArray();
        foreach (var address in addresses)
        {
            column.Add(address);
        }

        Assert.Equal(addresses, column.ToAddressesAndDispose());
    }
}
