using System.Text.Json;
using System.Text.Json.Serialization;

namespace FleetProf.Portal.Hosting;

/// <summary>Content of the connection file: how the CLI and its user reach this portal.</summary>
/// <param name="Url">As people know it.</param>
/// <param name="Token">Good at this portal alone.</param>
/// <param name="LoginUrl">Works once.</param>
/// <param name="LocalUrl">As this host reaches it, where that is another address: the token may be sent there too.</param>
internal sealed record ConnectionFile(
    string Url, string Token, string LoginUrl, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LocalUrl = null)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Null when there is no readable file.</summary>
    public static async Task<ConnectionFile?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<ConnectionFile>(file, JsonSerializerOptions.Web, cancellationToken);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Readers see the old file or the whole new one; nobody but the owner sees either.</summary>
    public async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        var target = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var draft = target + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        await using (var file = new FileStream(draft, options))
        {
            await JsonSerializer.SerializeAsync(file, this, JsonSerializerOptions.Web, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, target, overwrite: true);
    }
}
