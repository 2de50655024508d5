using System.Text.Json;

namespace FleetProf.Analysis.Profiles;

/// <summary>Self and total per method, heaviest self first. What a type leaf holds counts as self of the method that allocated it.</summary>
public sealed class TopTable
{
    /// <summary>Rows written to the JSON file, which says what the others have together as "otherSelf"; the CSV file has them all.</summary>
    public const int MaxJsonRows = 2_000;

    private TopTable(List<TopRow> rows, double total)
    {
        Rows = rows;
        Total = total;
    }

    public IReadOnlyList<TopRow> Rows { get; }

    public double Total { get; }

    public static TopTable Of(Profile profile, int measure)
    {
        var tree = CallTree.Of(profile, measure);
        var self = new double[profile.Frames.Count];
        var total = new double[profile.Frames.Count];
        var squares = profile.HasSquares && measure == 0 ? new double[profile.Frames.Count] : null;
        var onPath = new int[profile.Frames.Count];
        var path = new List<int>();
        foreach (var node in tree.PreOrder())
        {
            for (; path.Count > Math.Max(node.Level - 1, 0); path.RemoveAt(path.Count - 1))
            {
                onPath[path[^1]]--;
            }

            if (node.Stack == StackTable.Root)
            {
                continue;
            }

            var frame = profile.Stacks.LeafFrame(node.Stack);
            if (onPath[frame]++ == 0)
            {
                total[frame] += tree.Total(node.Stack);
            }

            var isTypeLeaf = profile.Frames[frame].Kind == FrameKind.AllocatedType;
            var owner = isTypeLeaf && path.Count > 0 ? path[^1] : frame;
            self[owner] += tree.Self(node.Stack);
            if (squares is not null)
            {
                squares[owner] += profile.Squares(node.Stack);
            }

            path.Add(frame);
        }

        return new TopTable(Sorted(profile, self, total, squares), profile.Total(measure));
    }

    public void WriteJson(Stream output, string unit)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("unit", unit);
        json.WriteNumber("total", (long)Math.Round(Total));
        json.WriteNumber("methodCount", Rows.Count);
        json.WriteNumber("otherSelf", (long)Math.Round(Rows.Skip(MaxJsonRows).Sum(row => row.Self)));
        json.WriteStartArray("rows");
        foreach (var row in Rows.Take(MaxJsonRows))
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteString("module", row.Module);
            json.WriteNumber("self", (long)Math.Round(row.Self));
            json.WriteNumber("total", (long)Math.Round(row.Total));
            if (row.Samples is { } samples)
            {
                json.WriteNumber("samples", samples);
            }

            json.WriteEndObject();
            json.HandOn();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void WriteCsv(TextWriter output, string unit)
    {
        CsvWriter.WriteRow(output, "Method", "Module", $"Self ({unit})", $"Total ({unit})");
        foreach (var row in Rows)
        {
            CsvWriter.WriteRow(output, row.Name, row.Module, (long)Math.Round(row.Self), (long)Math.Round(row.Total));
        }
    }

    private static List<TopRow> Sorted(Profile profile, double[] self, double[] total, double[]? squares)
    {
        var rows = new List<TopRow>();
        for (var frame = 0; frame < self.Length; frame++)
        {
            var (name, module, kind) = profile.Frames[frame];
            if (kind == FrameKind.Method && total[frame] > 0)
            {
                rows.Add(new TopRow(name, module, self[frame], total[frame], squares is null ? null : TreeSquares.EqualSamples(self[frame], squares[frame])));
            }
        }

        return [.. rows.OrderByDescending(row => row.Self).ThenByDescending(row => row.Total).ThenBy(row => row.Name, StringComparer.Ordinal)];
    }
}
