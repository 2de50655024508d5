using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Analyze;

/// <summary>Reads the analyzer's JSON files and makes columns of their fields. A file that is not there has no rows.</summary>
internal static class ResultJson
{
    public static Column<JsonNode?> Text(string name) => new(name, row => row?[name]?.ToString());

    public static Column<JsonNode?> Number(string name) => new(name, row => AsNumber(row?[name])) { IsNumber = true };

    public static Column<JsonNode?> Size(string name) => new(name, row => AsNumber(row?[name]), row => Human.Bytes(AsNumber(row?[name]))) { IsNumber = true };

    public static Column<JsonNode?> Share(string name, string? title = null) =>
        new(title ?? name, row => AsNumber(row?[name]), row => AsNumber(row?[name]) is { } share ? share.ToString("P1", CultureInfo.InvariantCulture) : "-") { IsNumber = true };

    /// <summary>A word where a field of the row says so.</summary>
    public static Column<JsonNode?> Mark(string name, string title, string word) =>
        new(title, row => row?[name] is JsonValue value && value.TryGetValue<bool>(out var isMarked) && isMarked ? word : null);

    public static double? AsNumber(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? number : null;

    public static JsonArray Rows(string folder, string file, string field = "rows") => Read(folder, file) switch
    {
        JsonArray rows => rows,
        JsonObject table when table[field] is JsonArray rows => rows,
        _ => [],
    };

    public static JsonNode? Read(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
