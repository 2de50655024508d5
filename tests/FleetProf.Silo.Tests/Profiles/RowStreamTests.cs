using System.Text;
using System.Text.Json;
using FleetProf.Silo.Profiles;

namespace FleetProf.Silo.Tests.Profiles;

public sealed class RowStreamTests
{
    private const string Table = """
        {"unit":"samples","rows of others":[{"name":"no"}],"nested":{"rows":[{"name":"no"}]},"rows":[
          {"name":"Shop.Cart.Add","self":1,"more":{"rows":[1,{"name":"no"}]}},{"name":"a \"quoted\" \u00e9 € name","self":2.5},
          {"name":"","self":0}],"total":[[3]]}
        """;

    /// <summary>However the bytes arrive, in pieces down to single ones, the rows are those of the document.</summary>
    [Fact]
    public async Task Rows_InPiecesOfAnySize_AreThoseOfTheDocument()
    {
        var expected = OfDocument(Table);
        for (var most = 1; most <= 2 * Table.Length; most++)
        {
            Assert.Equal(expected, await ReadAsync(Table, most));
        }

        Assert.Equal(3, expected.Count);
    }

    [Fact]
    public async Task Rows_OfALargeTable_AreThoseOfTheDocument()
    {
        var rows = Enumerable.Range(0, 20_000).Select(number => $$"""{"name":"Shop.Generated{{new string('x', number % 97)}}{{number}}","self":{{number}}}""");
        var table = $$"""{"rows":[{{string.Join(",\n", rows)}}]}""";

        Assert.Equal(OfDocument(table), await ReadAsync(table, int.MaxValue));
    }

    [Fact]
    public async Task Rows_LongerThanAPiece_AreRead()
    {
        var table = $$"""{"rows":[{"name":"{{new string('x', 500_000)}}","self":1},{"name":"b","self":2}]}""";

        Assert.Equal(OfDocument(table), await ReadAsync(table, int.MaxValue));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"rows":7}""")]
    [InlineData("""{"rows":null}""")]
    [InlineData("""{"rows":{"rows":[]}}""")]
    [InlineData("""{"rows":[{"name":"a","self":1}""")]
    [InlineData("""{"rows":[{"name":"a","self":1},]}""")]
    [InlineData("""{"rows":[]}x""")]
    public async Task Rows_OfWhatIsNoTable_AreRefused(string table)
    {
        await Assert.ThrowsAnyAsync<JsonException>(() => ReadAsync(table, int.MaxValue));
        await Assert.ThrowsAnyAsync<JsonException>(() => ReadAsync(table, 1));
    }

    [Fact]
    public async Task Row_WithoutAnEnd_IsRefusedBeforeItFillsTheMemory()
    {
        var table = $$"""{"rows":[{"name":"{{new string('x', 20_000_000)}}","self":1}]}""";
        using var bytes = new TrickleStream(Encoding.UTF8.GetBytes(table), int.MaxValue);

        await Assert.ThrowsAnyAsync<JsonException>(() => RowStream.ReadAsync(bytes, _ => { }, TestContext.Current.CancellationToken));

        Assert.InRange(bytes.Position, 1, 2_000_000);
    }

    [Theory]
    [InlineData("""{"otherSelf":2.5,"rows":[{"name":"a","self":1}]}""", 2.5)]
    [InlineData("""{"rows":[],"otherSelf":30}""", 30.0)]
    [InlineData("""{"rows":[{"otherSelf":7}],"nested":{"otherSelf":7}}""", 0.0)]
    public async Task Other_InPiecesOfAnySize_IsThatOfTheTableItself(string table, double expected)
    {
        for (var most = 1; most <= 2 * table.Length; most++)
        {
            using var bytes = new TrickleStream(Encoding.UTF8.GetBytes(table), most);

            Assert.Equal(expected, await RowStream.ReadAsync(bytes, _ => { }, TestContext.Current.CancellationToken));
        }
    }

    private static async Task<List<string>> ReadAsync(string table, int most)
    {
        var rows = new List<string>();
        using var bytes = new TrickleStream(Encoding.UTF8.GetBytes(table), most);
        await RowStream.ReadAsync(bytes, row => rows.Add(row.GetRawText()), TestContext.Current.CancellationToken);
        return rows;
    }

    private static List<string> OfDocument(string table)
    {
        using var document = JsonDocument.Parse(table);
        return [.. document.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetRawText())];
    }

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class TrickleStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, most)], cancellationToken);
    }
}
