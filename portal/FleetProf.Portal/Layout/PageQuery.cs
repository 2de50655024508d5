using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace FleetProf.Portal.Layout;

/// <summary>The query of a page's address: read leniently, for people edit and cut addresses; written without what is default.</summary>
internal sealed class PageQuery
{
    private readonly Dictionary<string, StringValues> _read;
    private readonly List<KeyValuePair<string, string?>> _written = [];

    public PageQuery() => _read = [];

    public PageQuery(string uri)
    {
        var question = uri.IndexOf('?', StringComparison.Ordinal);
        var end = uri.IndexOf('#', StringComparison.Ordinal);
        _read = question < 0 ? [] : QueryHelpers.ParseQuery(end > question ? uri[question..end] : uri[question..]);
    }

    /// <summary>Null when absent or empty.</summary>
    public string? Text(string name) => _read.TryGetValue(name, out var values) && values[^1] is { Length: > 0 } text ? text : null;

    /// <summary>At most <paramref name="most"/> different values, sorted, so that equal views have equal addresses.</summary>
    public IReadOnlyList<string> Texts(string name, int most = 100) =>
        _read.TryGetValue(name, out var values) ? [.. values.OfType<string>().Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(most)] : [];

    /// <summary>An enum by its name in any case; the fallback when absent or unknown.</summary>
    public T Choice<T>(string name, T fallback) where T : struct, Enum => Parse<T>(Text(name)) ?? fallback;

    public IReadOnlyList<T> Choices<T>(string name) where T : struct, Enum => [.. Texts(name).Select(Parse<T>).OfType<T>().Distinct().Order()];

    public DateTimeOffset? Time(string name) => DateTimeOffset.TryParse(
        Text(name), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime() : null;

    public PageQuery Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _written.Add(new(name, value));
        }

        return this;
    }

    public PageQuery Add(string name, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            Add(name, value);
        }

        return this;
    }

    public PageQuery Add(string name, DateTimeOffset? time) => Add(name, time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));

    public string ToUri(string path) => QueryHelpers.AddQueryString(path, _written);

    /// <summary>As it stands in addresses and in JSON.</summary>
    public static string NameOf<T>(T value) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static T? Parse<T>(string? text) where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text![0]) ? value : null;
}
