using System.Globalization;

namespace FleetProf.Cli.Terminal;

/// <summary>A column of a table: raw in CSV, formatted for people.</summary>
/// <param name="Header">Lower case.</param>
/// <param name="Value">The raw value; times and numbers as such.</param>
/// <param name="Format">For people; null uses <see cref="Human.Of"/>.</param>
public sealed record Column<T>(string Header, Func<T, object?> Value, Func<T, string>? Format = null)
{
    public bool IsNumber { get; init; }

    /// <summary>CSV header, with the unit where the table shows it beside each figure.</summary>
    public string Csv { get; init; } = Header.Replace(' ', '_');

    public string ForPeople(T row) => SafeText.ForTerminal(Format is null ? Human.Of(Value(row)) : Format(row));

    public string ForCsv(T row) => SafeText.ForCsv(Value(row) switch
    {
        null => "",
        DateTimeOffset time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        Enum name => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString(),
    });
}
