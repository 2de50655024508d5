using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Captures;

/// <summary>Names of the stored files of a capture.</summary>
internal static class CaptureFileNames
{
    private const int LongestName = 64;

    /// <summary>Stored names are made by FleetProf: letters, digits and inner dots. Anything else names nothing.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= LongestName
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-')
        && name[0] != '.' && !name.Contains("..", StringComparison.Ordinal);

    /// <summary>The file that holds this format. Null when a capture of this kind has none.</summary>
    public static string? Of(ExportFormat format, CaptureKind kind) => (format, kind) switch
    {
        (ExportFormat.Nettrace, _) => "original.nettrace",
        (ExportFormat.Gcdump, CaptureKind.Gcdump) => "heap.gcdump",
        (ExportFormat.Csv, CaptureKind.Gcdump) => "heap.types.csv",
        (ExportFormat.Csv, CaptureKind.Gc) => "gcs.csv",
        (ExportFormat.Csv, CaptureKind.Trace) => "cpu.csv",
        (ExportFormat.Csv, CaptureKind.Alloc) => "alloc.types.csv",
        (ExportFormat.Speedscope, _) => Profile(kind, "speedscope.json"),
        (ExportFormat.Pprof, _) => Profile(kind, "pb.gz"),
        (ExportFormat.Collapsed, _) => Profile(kind, "collapsed.txt"),
        _ => null,
    };

    /// <summary>The formats that a capture of this kind has.</summary>
    public static IEnumerable<ExportFormat> FormatsOf(CaptureKind kind) => Enum.GetValues<ExportFormat>().Where(format => Of(format, kind) is not null);

    private static string? Profile(CaptureKind kind, string suffix) => kind switch
    {
        CaptureKind.Trace => $"cpu.{suffix}",
        CaptureKind.Alloc => $"alloc.{suffix}",
        _ => null,
    };
}
