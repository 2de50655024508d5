using FleetProf.Portal.Layout;

namespace FleetProf.Portal.Tests.Layout;

public sealed class TableOrderTests
{
    private static readonly (string? Name, int? Size)[] Rows = [("b", 2), ("A", 10), (null, null), ("c", 2)];

    [Theory]
    [InlineData("name", null, "A b c -")]
    [InlineData("name", "desc", "c b A -")]
    [InlineData("size", null, "b c A -")]
    [InlineData("size", "desc", "A b c -")]
    [InlineData("nonsense", "desc", "b A - c")]
    [InlineData("", null, "b A - c")]
    public void Apply_ByAColumn_PutsEmptyLastAndKeepsEqualRowsInPlace(string sort, string? order, string expected)
    {
        var sorted = TableOrder.Of(sort, order).Apply(Rows, column => column switch { "name" => row => row.Name, "size" => row => row.Size, _ => null });

        Assert.Equal(expected, string.Join(' ', sorted.Select(row => row.Name ?? "-")));
    }
}
