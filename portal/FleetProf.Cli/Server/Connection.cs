using System.Text.Json;

namespace FleetProf.Cli.Server;

/// <summary>Content of connection.json, written by the portal for its owner only.</summary>
public sealed record Connection
{
    public const string FileName = "connection.json";

    public required string Url { get; init; }

    public required string Token { get; init; }

    /// <summary>Another address of the same portal, as its own host reaches it.</summary>
    public string? LocalUrl { get; init; }

    /// <summary>One-time link for a browser.</summary>
    public string? LoginUrl { get; init; }

    /// <summary>Whether an address is this portal's, so that its token may be sent there; with another scheme it is another.</summary>
    public bool IsOf(Uri address) => IsSame(Url, address) || IsSame(LocalUrl, address);

    /// <summary>Null when the folder has none; `demo` and `up` write it when they are ready.</summary>
    public static Connection? Read(string dataFolder)
    {
        try
        {
            return JsonSerializer.Deserialize<Connection>(File.ReadAllText(Path.Combine(dataFolder, FileName)), JsonSerializerOptions.Web);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static bool IsSame(string? own, Uri address) =>
        Uri.TryCreate(own, UriKind.Absolute, out var parsed) && parsed.Scheme == address.Scheme && parsed.Authority == address.Authority;
}
