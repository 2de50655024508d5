using System.Text.Json;

namespace FleetProf.Silo.Storage.Damage;

/// <summary>
/// JSON in columns of the catalog. A cell that cannot be read costs what that cell says, never the list that its row is in: the reader gets something
/// in its place, and <see cref="DamagedCells"/> hears of it.
/// </summary>
internal static class StoredJson
{
    /// <summary>Stands in lists for what could not be read. As the pattern of a grant it covers nothing.</summary>
    public const string Unreadable = "(cannot be read)";

    private static readonly List<string> UnreadableTexts = [Unreadable];

    public static T Read<T>(string json, CellName cell, Func<T> instead, JsonSerializerOptions? options = null)
        where T : class?
    {
        try
        {
            if (JsonSerializer.Deserialize<T>(json, options) is { } value && !HasHoles(value))
            {
                return value;
            }

            DamagedCells.Tell(cell, "It holds null.");
        }
        catch (Exception damage) when (damage is JsonException or NotSupportedException or ArgumentException)
        {
            DamagedCells.Tell(cell, damage.Message);
        }

        return instead();
    }

    /// <summary>Null stays null, and so does what cannot be read.</summary>
    public static T? ReadOptional<T>(string? json, CellName cell, JsonSerializerOptions options)
        where T : class => json is null ? null : Read<T?>(json, cell, () => null, options);

    public static IReadOnlyList<string> Texts(string json, CellName cell) => Read(json, cell, () => UnreadableTexts);

    public static IReadOnlyDictionary<string, string> Map(string json, CellName cell) => Read(json, cell, () => new Dictionary<string, string> { [Unreadable] = "" });

    private static bool HasHoles(object value) => value switch
    {
        IReadOnlyList<string?> texts => texts.Contains(null),
        IReadOnlyDictionary<string, string?> map => map.Values.Contains(null),
        _ => false,
    };
}
