using FleetProf.Contracts.Access;
using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Captures;

/// <summary>What a stored file is good for.</summary>
internal static class CaptureDownload
{
    /// <summary>In which order files are offered: the original first, what only machines read last.</summary>
    public static int RankOf(string name) => name switch
    {
        _ when name.StartsWith("original.", StringComparison.Ordinal) => 0,
        "heap.gcdump" => 1,
        _ when name.EndsWith(".speedscope.json", StringComparison.Ordinal) => 2,
        _ when name.EndsWith(".pb.gz", StringComparison.Ordinal) => 3,
        _ when name.EndsWith(".collapsed.txt", StringComparison.Ordinal) => 4,
        _ when name.EndsWith(".csv", StringComparison.Ordinal) => 5,
        _ => 9,
    };

    public static Permission NeedsOf(string name) => CaptureFile.IsRaw(name) ? Permission.DownloadRaw : Permission.See;

    public static string PurposeOf(string name) => RankOf(name) switch
    {
        0 when name.EndsWith(".pb.gz", StringComparison.Ordinal) => "The profile as the program sent it, byte for byte, lines of code included. Opens in `go tool pprof`.",
        0 => "The recording as the target sent it, byte for byte. Opens in PerfView, Visual Studio and dotnet-trace.",
        1 => "Heap snapshot. Opens in PerfView and Visual Studio.",
        2 => "Profile for speedscope.app.",
        3 => "Profile for `go tool pprof` and everything that reads pprof.",
        4 => "Stacks, one a line with its value: for flamegraph.pl and text tools.",
        5 => "Table for spreadsheets and scripts.",
        _ => name switch
        {
            "summary.json" => "Head figures and warnings of the analysis.",
            "heap.graph" => "The whole heap graph in FleetProf's own format.",
            "heap.tree" => "The dominator tree and retention paths by types, as this page and comparisons read them.",
            _ => "What this page shows, as JSON.",
        },
    };
}
