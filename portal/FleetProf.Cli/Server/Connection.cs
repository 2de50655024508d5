using System.Text.Json;

namespace FleetProf.Cli.Server;

/// <summary>Content of connection.json, written by the portal for its owner only.</summary>
public sealed record Connection
{
    public const string FileName = "connection.json";

    public required string Url { get; init; }

    public required string Token { get; init; }

    /// <summary>One-time link for a browser.</summary>
    public string? LoginUrl { get; init; }

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
}
