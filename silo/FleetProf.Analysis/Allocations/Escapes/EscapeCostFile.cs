using System.Text.Json;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>The join as files. Rates are null when the profile counts since the start of the process.</summary>
public static class EscapeCostFile
{
    public const int MostJsonRows = 5_000;

    /// <summary>{goVersion,durationMs,totalBytes,bytesPerSecond,escapingBytes,notCoveredBytes,siteCount,rows,explanations}.</summary>
    public static void WriteJson(EscapeCosts costs, TimeSpan duration, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("goVersion", costs.GoVersion);
        json.WriteNumber("durationMs", Math.Round(duration.TotalMilliseconds, 3));
        json.WriteNumber("totalBytes", Math.Round(costs.TotalBytes));
        WriteRate(json, costs.TotalBytes, duration);
        json.WriteNumber("escapingBytes", Math.Round(costs.BytesOf(EscapeVerdict.Escapes)));
        json.WriteNumber("notCoveredBytes", Math.Round(costs.BytesOf(EscapeVerdict.NotCovered)));
        json.WriteNumber("siteCount", costs.Sites.Count);
        json.WriteStartArray("rows");
        foreach (var site in costs.Sites.Take(MostJsonRows))
        {
            WriteRow(json, site, duration);
            json.HandOn();
        }

        json.WriteEndArray();
        json.WriteStartArray("explanations");
        foreach (var (title, count, example, text) in costs.Explanations)
        {
            json.WriteStartObject();
            json.WriteString("title", title);
            json.WriteNumber("count", count);
            json.WriteString("example", example);
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteCsv(EscapeCosts costs, TimeSpan duration, TextWriter output)
    {
        CsvWriter.WriteRow(output, "File", "Line", "Function", "Bytes", "Bytes per second", "Objects", "Samples", "Relative error", "Share", "Verdict", "What", "Reason", "Note");
        foreach (var site in costs.Sites)
        {
            CsvWriter.WriteRow(
                output, site.Place.File, site.Place.Line, site.Place.Function, Math.Round(site.Bytes), RateOf(site.Bytes, duration), Math.Round(site.Objects), site.Samples,
                Math.Round(site.RelativeError, 4), Math.Round(site.Share, 6), NameOf(site.Verdict), string.Join("; ", site.Subjects), site.Reason, site.Note);
        }
    }

    private static void WriteRow(Utf8JsonWriter json, EscapeSite site, TimeSpan duration)
    {
        json.WriteStartObject();
        json.WriteString("file", site.Place.File);
        json.WriteNumber("line", site.Place.Line);
        json.WriteString("function", site.Place.Function);
        json.WriteNumber("bytes", Math.Round(site.Bytes));
        WriteRate(json, site.Bytes, duration);
        json.WriteNumber("objects", Math.Round(site.Objects));
        json.WriteNumber("samples", site.Samples);
        json.WriteNumber("relativeError", Math.Round(Math.Min(site.RelativeError, 99), 4));
        json.WriteNumber("share", Math.Round(site.Share, 6));
        json.WriteString("verdict", NameOf(site.Verdict));
        json.WriteString("what", string.Join("; ", site.Subjects));
        json.WriteString("reason", site.Reason);
        json.WriteString("note", site.Note);
        json.WriteString("reportedAt", site.ReportedAt is { } at ? $"{at.File}:{at.Line}" : null);
        json.WriteEndObject();
    }

    private static void WriteRate(Utf8JsonWriter json, double bytes, TimeSpan duration)
    {
        if (RateOf(bytes, duration) is { } rate)
        {
            json.WriteNumber("bytesPerSecond", rate);
        }
        else
        {
            json.WriteNull("bytesPerSecond");
        }
    }

    private static double? RateOf(double bytes, TimeSpan duration) => duration > TimeSpan.Zero ? Math.Round(bytes / duration.TotalSeconds) : null;

    private static string NameOf(EscapeVerdict verdict) => verdict switch
    {
        EscapeVerdict.Escapes => "escapes",
        EscapeVerdict.DoesNotEscape => "said not to escape",
        EscapeVerdict.NotSaid => "not said",
        _ => "not covered",
    };
}
