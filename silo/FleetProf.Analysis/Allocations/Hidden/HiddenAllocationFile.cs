using System.Text.Json;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Allocations.Hidden;

/// <summary>Writes what is hidden for people and scripts: alloc.hidden.json with the advice for the classes that occur, and a CSV.</summary>
public static class HiddenAllocationFile
{
    /// <summary><c>{source,isBiased,sampleCount,durationMs,totalBytes,hiddenBytes,isCold,coldShare,isDebugBuild,debugShare,rows:[...],advice:[...]}</c>; figures of rows are estimates, shares are 0 to 1.</summary>
    public static void WriteJson(HiddenAllocations hidden, TimeSpan duration, Stream output)
    {
        var rows = hidden.Rows();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("source", hidden.Source == AllocationSource.Sampled ? "allocationSampled" : "allocationTick");
        json.WriteBoolean("isBiased", hidden.Source == AllocationSource.Tick);
        json.WriteNumber("sampleCount", hidden.SampleCount);
        json.WriteNumber("durationMs", Math.Round(duration.TotalMilliseconds, 3));
        json.WriteNumber("totalBytes", Math.Round(hidden.TotalBytes));
        json.WriteNumber("hiddenBytes", Math.Round(rows.Sum(row => row.Bytes)));
        json.WriteBoolean("isCold", hidden.IsCold);
        json.WriteNumber("coldShare", Math.Round(hidden.ColdShare, 4));
        json.WriteBoolean("isDebugBuild", hidden.IsOfDebugBuild);
        json.WriteNumber("debugShare", Math.Round(hidden.DebugShare, 4));
        json.WriteStartArray("rows");
        foreach (var row in rows)
        {
            WriteRow(json, row, hidden.Source);
            json.HandOn();
        }

        json.WriteEndArray();
        WriteAdvice(json, rows);
        json.WriteEndObject();
    }

    public static void WriteCsv(HiddenAllocations hidden, TextWriter output)
    {
        CsvWriter.WriteRow(output, "Class", "Title", "Detail", "User method", "Module", "Type", "Bytes", "Objects", "Samples", "Relative error", "Share", "Cold", "Evidence", "Source", "Debug build");
        foreach (var row in hidden.Rows())
        {
            var advice = HiddenAllocationAdvice.Of(row.Class);
            CsvWriter.WriteRow(
                output, advice.Code, advice.Title, row.Detail, row.UserMethod, row.Module, row.Type, Math.Round(row.Bytes), Objects(row, hidden.Source), row.Samples,
                Error(row, hidden.Source), Math.Round(row.Share, 6), row.IsCold, row.Evidence, hidden.Source.ToString(), row.IsOfDebugBuild);
        }
    }

    private static void WriteRow(Utf8JsonWriter json, HiddenAllocationRow row, AllocationSource source)
    {
        var advice = HiddenAllocationAdvice.Of(row.Class);
        json.WriteStartObject();
        json.WriteString("class", advice.Code);
        json.WriteString("title", advice.Title);
        json.WriteString("detail", row.Detail);
        json.WriteString("userMethod", row.UserMethod);
        json.WriteString("module", row.Module);
        json.WriteString("type", row.Type);
        json.WriteString("evidence", row.Evidence);
        json.WriteNumber("bytes", Math.Round(row.Bytes));
        WriteNullable(json, "objects", Objects(row, source));
        json.WriteNumber("samples", row.Samples);
        WriteNullable(json, "relativeError", Error(row, source));
        json.WriteNumber("share", Math.Round(row.Share, 6));
        json.WriteBoolean("isLowConfidence", row.Samples < SampleConfidence.ConfidentSamples);
        json.WriteBoolean("isCold", row.IsCold);
        json.WriteBoolean("isDebugBuild", row.IsOfDebugBuild);
        json.WriteString("note", Note(row));
        json.WriteString("advice", advice.Code);
        json.WriteEndObject();
    }

    private static void WriteAdvice(Utf8JsonWriter json, IReadOnlyList<HiddenAllocationRow> rows)
    {
        json.WriteStartArray("advice");
        foreach (var hidden in rows.Select(row => row.Class).Distinct())
        {
            var advice = HiddenAllocationAdvice.Of(hidden);
            json.WriteStartObject();
            json.WriteString("id", advice.Code);
            json.WriteString("title", advice.Title);
            json.WriteString("what", advice.What);
            json.WriteString("inSource", advice.InSource);
            json.WriteString("mend", advice.Mend);
            json.WriteNumber("bytes", Math.Round(rows.Where(row => row.Class == hidden).Sum(row => row.Bytes)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Note(HiddenAllocationRow row) =>
        string.Join(", ", new[] { row.IsCold ? "cold" : null, row.IsOfDebugBuild ? "debug build" : null, row.Samples < SampleConfidence.ConfidentSamples ? "few samples" : null }.Where(note => note is not null));

    private static double? Objects(HiddenAllocationRow row, AllocationSource source) => source == AllocationSource.Sampled ? Math.Round(row.Objects) : null;

    private static double? Error(HiddenAllocationRow row, AllocationSource source) => source == AllocationSource.Sampled ? Math.Round(SampleConfidence.RelativeError(row.Samples), 4) : null;

    private static void WriteNullable(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
