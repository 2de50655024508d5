namespace FleetProf.Silo.Captures;

/// <summary>Options of section FleetProf:Captures:S3, for FleetProf:Captures:Store = S3. The access key is never printed.</summary>
public sealed class S3Options
{
    public const string Section = CaptureOptions.Section + ":S3";

    private const long FewestCacheBytes = 64L << 20;

    /// <summary>Address of the server, "https://s3.example:9000"; http:// on this host only, or with <see cref="AllowPlainHttp"/>. Null: Amazon's, of <see cref="Region"/>.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Whether an http:// <see cref="Endpoint"/> of another host will do, where whoever is on the way can withhold answers and see names and sizes. Default: false.</summary>
    public bool AllowPlainHttp { get; set; }

    /// <summary>Must exist.</summary>
    public string? Bucket { get; set; }

    /// <summary>Default: us-east-1, which most servers but Amazon's accept.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>What the names of all objects begin with, such as "fleetprof/". Default: nothing.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Whether the bucket is part of the path (https://s3.example/bucket/...) and not of the host name. Default: true.</summary>
    public bool PathStyle { get; set; } = true;

    /// <summary>Id of the access key. Null, with <see cref="SecretKey"/>: from <see cref="KeyFile"/>.</summary>
    public string? AccessKey { get; set; }

    public string? SecretKey { get; set; }

    /// <summary>A file whose first line is the access key's id and whose second its secret, readable by this user only.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Most bytes of results that are kept, sealed, in the data folder, so that a page does not fetch them anew. Default: 1 GiB.</summary>
    public long CacheBytes { get; set; } = 1L << 30;

    /// <summary>Problems, each naming its key; empty when all is fine.</summary>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Bucket))
        {
            yield return $"{Section}:{nameof(Bucket)} is missing: name the bucket for files of captures.";
        }

        if (Endpoint is not null && (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.AbsolutePath != "/"))
        {
            yield return $"{Section}:{nameof(Endpoint)} = {Endpoint} is no address such as https://s3.example:9000.";
        }
        else if (Endpoint is not null && new Uri(Endpoint) is { Scheme: "http", IsLoopback: false } && !AllowPlainHttp)
        {
            yield return $"{Section}:{nameof(Endpoint)} = {Endpoint} is on another host, without TLS. Write https://, or set {Section}:{nameof(AllowPlainHttp)}=true where nobody else is on that network.";
        }

        if (AccessKey is null != SecretKey is null || AccessKey is null == KeyFile is null)
        {
            yield return $"{Section} needs {nameof(KeyFile)}, or {nameof(AccessKey)} with {nameof(SecretKey)}, and not both.";
        }

        if (Prefix.StartsWith('/') || (Prefix.Length > 0 && !Prefix.EndsWith('/')))
        {
            yield return $"{Section}:{nameof(Prefix)} = {Prefix} must end with / and not begin with it.";
        }

        if (CacheBytes < FewestCacheBytes)
        {
            yield return $"{Section}:{nameof(CacheBytes)} = {CacheBytes} must be at least {FewestCacheBytes}.";
        }
    }

    /// <summary>Id and secret of the access key.</summary>
    /// <exception cref="IOException">The file cannot be read, or by others too, or does not hold both.</exception>
    internal (string Id, string Secret) ReadKey()
    {
        if (KeyFile is null)
        {
            return (AccessKey!, SecretKey!);
        }

        if (File.Exists(KeyFile) && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(KeyFile) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) != 0)
        {
            throw new IOException($"{Section}:{nameof(KeyFile)} = {KeyFile} can be read or written by others. Run: chmod 600 {KeyFile}");
        }

        var lines = File.ReadLines(KeyFile).Select(line => line.Trim()).Where(line => line.Length > 0).Take(3).ToList();
        return lines is [var id, var secret] ? (id, secret) : throw new IOException($"{Section}:{nameof(KeyFile)} = {KeyFile} must have two lines: the access key's id and its secret.");
    }
}
