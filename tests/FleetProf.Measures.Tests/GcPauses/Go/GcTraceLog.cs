using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using FleetProf.Measures.GcPauses.Go;

namespace FleetProf.Measures.Tests.GcPauses.Go;

/// <summary>Recorded gctrace logs, and the oracle that reads whole lines: the regular expression of the format's description.</summary>
internal static partial class GcTraceLog
{
    public static byte[] Recorded { get; } = File.ReadAllBytes(PathOf("gctrace-go1.19.log"));

    public static byte[] MemoryLimit { get; } = File.ReadAllBytes(PathOf("gctrace-memory-limit.log"));

    public static IReadOnlyList<string> Lines(byte[] log) => Encoding.ASCII.GetString(log).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static (GcTraceReader Reader, List<GoGc> Gcs) Read(byte[] log, params int[] cuts)
    {
        var gcs = new List<GoGc>();
        var reader = new GcTraceReader(gcs.Add);
        var from = 0;
        foreach (var cut in cuts.Select(cut => cut % (log.Length + 1)).Order())
        {
            reader.Append(log.AsSpan(from, cut - from));
            from = cut;
        }
        reader.Append(log.AsSpan(from));
        reader.Finish();
        return (reader, gcs);
    }

    public static (GcTraceReader Reader, List<GoGc> Gcs) Read(string log) => Read(Encoding.UTF8.GetBytes(log));

    /// <summary>Number, start, both stops, marking, sizes, goal, Ps, forced.</summary>
    public static string? Oracle(string line)
    {
        var match = Grammar().Match(line);
        if (!match.Success) return null;
        double Number(int group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
        return FormattableString.Invariant(
            $"{Number(1)} {Number(2)} {Number(4)} {Number(5)} {Number(6)} {Number(8)} {Number(9)} {Number(10)} {Number(12)} {Number(13)} {Number(14)} {Number(15)} {Number(16)} {match.Groups[17].Success}");
    }

    public static string Text(GoGc gc) => FormattableString.Invariant(
        $"{gc.Number} {gc.AtSeconds} {gc.SweepTerminationMs} {gc.ConcurrentMs} {gc.MarkTerminationMs} {gc.AssistCpuMs} {gc.BackgroundCpuMs} {gc.IdleCpuMs} {gc.HeapBeforeMiB} {gc.HeapAfterMiB} {gc.LiveMiB} {gc.GoalMiB} {gc.Processors} {gc.IsForced}");

    public static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../testdata/go", name);

    [GeneratedRegex(@"^gc (\d+) @([\d.]+)s (\d+)%: ([\d.]+)\+([\d.]+)\+([\d.]+) ms clock, ([\d.]+)\+([\d.]+)/([\d.]+)/([\d.]+)\+([\d.]+) ms cpu, (\d+)->(\d+)->(\d+) MB, (\d+) MB goal, (?:\d+ MB stacks, \d+ MB globals, )?(\d+) P( \(forced\))?$")]
    private static partial Regex Grammar();
}
