using CsCheck;

namespace FleetProf.Silo.Tests.Storage;

public abstract class CatalogReminderTableTests : IDisposable
{
    private static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly TemporaryCatalog catalog;
    private readonly IReminderTable table;

    protected CatalogReminderTableTests(CatalogKind kind)
    {
        catalog = new TemporaryCatalog(kind: kind);
        table = GrainStorages.RemindersOver(catalog.Database);
    }

    [Fact]
    public async Task Upsert_ThenRead_IsTheSame()
    {
        var etag = await table.UpsertRow(Entry("a", "wake"));

        var row = await table.ReadRow(Id("a"), "wake");

        Assert.Equal((Id("a"), "wake", Start, TimeSpan.FromMinutes(1), etag), (row!.GrainId, row.ReminderName, row.StartAt, row.Period, row.ETag));
        Assert.Null(await table.ReadRow(Id("a"), "other"));
        Assert.Null(await table.ReadRow(Id("b"), "wake"));
    }

    [Fact]
    public async Task Upsert_Again_ChangesEtagAndKeepsOneRow()
    {
        var first = await table.UpsertRow(Entry("a", "wake"));
        var second = await table.UpsertRow(Entry("a", "wake"));

        Assert.NotEqual(first, second);
        Assert.Single((await table.ReadRows(Id("a"))).Reminders);
    }

    [Fact]
    public async Task Remove_StaleEtag_KeepsTheRow()
    {
        var first = await table.UpsertRow(Entry("a", "wake"));
        var second = await table.UpsertRow(Entry("a", "wake"));

        Assert.False(await table.RemoveRow(Id("a"), "wake", first!));
        Assert.False(await table.RemoveRow(Id("a"), "wake", "nonsense"));
        Assert.True(await table.RemoveRow(Id("a"), "wake", second!));
        Assert.False(await table.RemoveRow(Id("a"), "wake", second!));
    }

    [Fact]
    public async Task ReadRows_AnyRange_EqualsTheRingDefinition()
    {
        var ids = Enumerable.Range(0, 40).Select(i => Id($"grain{i}")).ToList();
        foreach (var id in ids)
        {
            await table.UpsertRow(new ReminderEntry { GrainId = id, ReminderName = "wake", StartAt = Start, Period = TimeSpan.FromMinutes(1) });
        }

        await Gen.Select(Gen.UInt, Gen.UInt).SampleAsync(
            async (begin, end) =>
            {
                var rows = (await table.ReadRows(begin, end)).Reminders.Select(row => row.GrainId).ToHashSet();
                return rows.SetEquals(ids.Where(id => IsInRange(id.GetUniformHashCode(), begin, end)));
            },
            iter: 50);
        Assert.Equal(40, (await table.ReadRows(0, 0)).Reminders.Count);
    }

    /// <summary>(begin, end] going up from begin and around the ring.</summary>
    private static bool IsInRange(uint hash, uint begin, uint end) =>
        begin == end || unchecked(hash - begin - 1) < unchecked(end - begin);

    public void Dispose() => catalog.Dispose();

    private static GrainId Id(string key) => GrainId.Create("campaign", key);

    private static ReminderEntry Entry(string key, string name) =>
        new() { GrainId = Id(key), ReminderName = name, StartAt = Start, Period = TimeSpan.FromMinutes(1) };
}

public sealed class CatalogReminderTableOnSqliteTests() : CatalogReminderTableTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class CatalogReminderTableOnPostgresTests() : CatalogReminderTableTests(CatalogKind.Postgres);
