using System.CommandLine;

namespace FleetProf.Cli.Campaigns;

/// <summary>The option --max-megabytes of verbs that capture.</summary>
internal static class SizeOption
{
    private const long BytesPerMegabyte = 1_000_000;

    public static Option<int?> Create() => new("--max-megabytes") { Description = "End a recording at this size, millions of bytes; a heap snapshot that is cut there is incomplete. Default: 256." };

    /// <summary>Null when it was not given.</summary>
    public static long? BytesOf(int? megabytes) => megabytes * BytesPerMegabyte;
}
