using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>
/// Short-lived permissions to fetch one file by HTTP. The key lives as long as this silo: after a restart a caller asks
/// for a new link.
/// </summary>
internal sealed class FileTickets(TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    /// <summary>"EXPIRY.SIGNATURE", safe in URLs.</summary>
    public string Issue(string captureId, string name)
    {
        var expires = (clock.GetUtcNow() + Life).ToUnixTimeMilliseconds();
        return string.Create(CultureInfo.InvariantCulture, $"{expires}.{Base64Url.EncodeToString(Sign(captureId, name, expires))}");
    }

    public bool IsValid(string? ticket, string captureId, string name)
    {
        var parts = ticket?.Split('.');
        if (parts is not { Length: 2 }
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            || !Base64Url.IsValid(parts[1]))
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(Base64Url.DecodeFromChars(parts[1]), Sign(captureId, name, expires))
            && clock.GetUtcNow().ToUnixTimeMilliseconds() < expires;
    }

    private byte[] Sign(string captureId, string name, long expires) => HMACSHA256.HashData(
        key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{captureId}\n{name}\n{expires}")));
}
