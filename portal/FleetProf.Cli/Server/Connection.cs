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
    /// <exception cref="CommandFailedException">It is there and cannot be read.</exception>
    public static Connection? Read(string dataFolder)
    {
        var path = Path.Combine(dataFolder, FileName);
        try
        {
            return JsonSerializer.Deserialize<Connection>(File.ReadAllText(path), JsonSerializerOptions.Web);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                $"{path} cannot be read: {(unusable is JsonException ? "it is not as a portal writes it." : unusable.Message)}",
                "Run this as the user whose portal wrote it, or give --url and --token.");
        }
    }

    /// <summary>Null also when it cannot be read: where a portal starts it writes another in its place.</summary>
    public static Connection? TryRead(string dataFolder)
    {
        try
        {
            return Read(dataFolder);
        }
        catch (CommandFailedException)
        {
            return null;
        }
    }

    private static bool IsSame(string? own, Uri address) =>
        Uri.TryCreate(own, UriKind.Absolute, out var parsed) && parsed.Scheme == address.Scheme && parsed.Authority == address.Authority;
}
