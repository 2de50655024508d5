namespace FleetProf.Portal.Problems;

/// <summary>What may be asked of the silo as a name or key. A wrong one is simply unknown.</summary>
internal static class Ids
{
    private const int LongestName = 256;

    private const int LongestKey = 64;

    /// <summary>Names of services, versions, hosts and instances come from outside: any text without control characters.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= LongestName && !text.Any(char.IsControl);

    /// <summary>Keys of campaigns and captures are made by FleetProf. A grain is activated for the key, so nothing else gets through.</summary>
    public static bool IsKey(string text) => text.Length is > 0 and <= LongestKey && text.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
}
