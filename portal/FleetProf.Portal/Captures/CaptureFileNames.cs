using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Captures;

/// <summary>Names of the stored files of a capture.</summary>
internal static class CaptureFileNames
{
    private const int LongestName = 64;
    private const int LongestService = 64;

    /// <summary>Stored names are made by FleetProf: letters, digits and inner dots. Anything else names nothing.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= LongestName
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-')
        && name[0] != '.' && !name.Contains("..", StringComparison.Ordinal);

    /// <summary>
    /// How a file is called where it is saved, so that a folder of downloads tells what it holds: "checkout-trace-01k0….nettrace" for the
    /// original, "checkout-trace-01k0….cpu.csv" for others.
    /// </summary>
    public static string DownloadOf(Capture capture, string name)
    {
        var service = string.Concat(capture.Service.Take(LongestService).Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' ? character : '_')).TrimStart('.', '-');
        return $"{service}-{capture.Kind.ToString().ToLowerInvariant()}-{capture.CaptureId}.{(name.StartsWith("original.", StringComparison.Ordinal) ? name["original.".Length..] : name)}".TrimStart('-');
    }

    /// <summary>The file that holds this format. Null when a capture of this kind and runtime has none.</summary>
    public static string? Of(ExportFormat format, Capture capture) => capture.IsGo() ? OfGo(format, capture.Kind) : OfDotNet(format, capture.Kind);

    /// <summary>The formats that such a capture has.</summary>
    public static IEnumerable<ExportFormat> FormatsOf(Capture capture) => Enum.GetValues<ExportFormat>().Where(format => Of(format, capture) is not null);

    private static string? OfGo(ExportFormat format, CaptureKind kind) => (format, kind) switch
    {
        (ExportFormat.Csv, CaptureKind.Gcdump) => "inuse.functions.csv",
        (ExportFormat.Csv, CaptureKind.Alloc) => "alloc.functions.csv",
        (ExportFormat.Nettrace or ExportFormat.Gcdump, _) => null,
        (_, CaptureKind.Gcdump) => $"inuse.{SuffixOf(format)}",
        _ => Profile(kind, SuffixOf(format)),
    };

    private static string? OfDotNet(ExportFormat format, CaptureKind kind) => (format, kind) switch
    {
        (ExportFormat.Nettrace, not CaptureKind.Goroutines) => "original.nettrace",
        (ExportFormat.Gcdump, CaptureKind.Gcdump) => "heap.gcdump",
        (ExportFormat.Csv, CaptureKind.Gcdump) => "heap.types.csv",
        (ExportFormat.Csv, CaptureKind.Gc) => "gcs.csv",
        (ExportFormat.Csv, CaptureKind.Trace) => "cpu.csv",
        (ExportFormat.Csv, CaptureKind.Alloc) => "alloc.types.csv",
        (ExportFormat.Speedscope or ExportFormat.Pprof or ExportFormat.Collapsed, _) => Profile(kind, SuffixOf(format)),
        _ => null,
    };

    private static string SuffixOf(ExportFormat format) => format switch
    {
        ExportFormat.Speedscope => "speedscope.json",
        ExportFormat.Pprof => "pb.gz",
        ExportFormat.Collapsed => "collapsed.txt",
        _ => "csv",
    };

    private static string? Profile(CaptureKind kind, string suffix) => kind switch
    {
        CaptureKind.Trace => $"cpu.{suffix}",
        CaptureKind.Alloc => $"alloc.{suffix}",
        CaptureKind.Goroutines => $"goroutine.{suffix}",
        _ => null,
    };
}
