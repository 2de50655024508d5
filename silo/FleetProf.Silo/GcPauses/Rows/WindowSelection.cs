using System.Data.Common;
using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Silo.GcPauses.Rows;

/// <summary>Which of <see cref="WindowColumns"/> are read: of each a hundred thousand values in a long trend. What is not read is zero or nothing in the windows.</summary>
internal sealed class WindowSelection
{
    /// <summary>By place in <see cref="WindowColumns.Names"/>: the place in the statement, -1 where it is not read.</summary>
    private readonly int[] places;

    private WindowSelection(IReadOnlyCollection<string> columns)
    {
        places = new int[WindowColumns.Names.Count];
        var selected = new List<string>();
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = columns.Contains(WindowColumns.Names[i]) ? selected.Count : -1;
            if (places[i] >= 0)
            {
                selected.Add(WindowColumns.Names[i]);
            }
        }

        (Selected, Count) = (string.Join(", ", selected), selected.Count);
    }

    public static WindowSelection All { get; } = new(WindowColumns.Names);

    /// <summary>For the statement.</summary>
    public string Selected { get; }

    public int Count { get; }

    /// <param name="fields">Names of trend fields; null for all.</param>
    public static WindowSelection For(IReadOnlyCollection<string>? fields) =>
        fields is null ? All : new([.. fields.SelectMany(FieldColumns.Of), "window_ms"]);

    /// <summary>Reads the columns of <see cref="Selected"/>, the first of them at <paramref name="at"/>.</summary>
    public PauseWindow Read(DbDataReader row, int at, string instanceId, long startMs) => new()
    {
        InstanceId = instanceId,
        StartMs = startMs,
        WindowMs = Number(row, at, 0),
        ObservedMs = Number(row, at, 1),
        Gen0Count = Number(row, at, 2),
        Gen1Count = Number(row, at, 3),
        Gen2Count = Number(row, at, 4),
        BackgroundCount = Number(row, at, 5),
        InducedCount = Number(row, at, 6),
        MissedCount = Number(row, at, 7),
        OwnCount = Number(row, at, 8),
        PauseMs = Real(row, at, 9),
        MaxPauseMs = Real(row, at, 10),
        SuspendMs = Real(row, at, 11),
        OtherSuspensionCount = Number(row, at, 12),
        OtherSuspensionMs = Real(row, at, 13),
        AllocatedBytes = Number(row, at, 14),
        PromotedBytes = Number(row, at, 15),
        Heap = IsMissing(row, at, 16)
            ? null
            : new GenerationBytes(Number(row, at, 16), Number(row, at, 17), Number(row, at, 18), Number(row, at, 19), Number(row, at, 20)),
        HeapBeforeBytes = NumberOrNull(row, at, 21),
        HeapAfterGen2Bytes = NumberOrNull(row, at, 22),
        FragmentedBytes = NumberOrNull(row, at, 23),
        CommittedBytes = NumberOrNull(row, at, 24),
        CpuSeconds = Real(row, at, 25),
        WorkingSetBytes = NumberOrNull(row, at, 26),
        ThreadCount = Number(row, at, 27),
        PinnedObjectCount = Number(row, at, 28),
        GcHandleCount = Number(row, at, 29),
        FinalizationPromotedCount = Number(row, at, 30),
        Sketches = Bytes(row, at, 31) ?? [],
        ReasonCounts = Bytes(row, at, 32) is { } reasons ? ReasonBytes.Read(reasons) : [],
    };

    private bool IsMissing(DbDataReader row, int at, int column) => places[column] < 0 || row.IsDBNull(at + places[column]);

    private long Number(DbDataReader row, int at, int column) => places[column] < 0 ? 0 : row.GetInt64(at + places[column]);

    private double Real(DbDataReader row, int at, int column) => places[column] < 0 ? 0 : row.GetDouble(at + places[column]);

    private long? NumberOrNull(DbDataReader row, int at, int column) => IsMissing(row, at, column) ? null : row.GetInt64(at + places[column]);

    private byte[]? Bytes(DbDataReader row, int at, int column) => IsMissing(row, at, column) ? null : row.GetFieldValue<byte[]>(at + places[column]);
}
