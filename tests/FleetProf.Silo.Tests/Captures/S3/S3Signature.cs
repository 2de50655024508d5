using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Silo.Tests.Captures.S3;

/// <summary>Signature version 4 as it is published, in the simplest way: what a server works out to compare.</summary>
internal sealed record S3Signature(string Secret, string Date, string Region)
{
    public const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private string Day => Date[..8];

    public string Scope => $"{Day}/{Region}/s3/aws4_request";

    /// <summary>Of a request whose signed headers are given, names in lower case.</summary>
    public string Of(string method, string path, IEnumerable<KeyValuePair<string, string>> query, IEnumerable<KeyValuePair<string, string>> headers, string payloadHash)
    {
        var sorted = headers.OrderBy(header => header.Key, StringComparer.Ordinal).ToList();
        var canonical = string.Join('\n',
            method,
            path,
            string.Join('&', query.Select(entry => $"{Uri.EscapeDataString(entry.Key)}={Uri.EscapeDataString(entry.Value)}").Order(StringComparer.Ordinal)),
            string.Concat(sorted.Select(header => $"{header.Key}:{header.Value.Trim()}\n")),
            string.Join(';', sorted.Select(header => header.Key)),
            payloadHash);
        return Sign($"AWS4-HMAC-SHA256\n{Date}\n{Scope}\n{Hash(Encoding.UTF8.GetBytes(canonical))}");
    }

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private string Sign(string text)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (var step in (string[])[Day, Region, "s3", "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(step));
        }

        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}
