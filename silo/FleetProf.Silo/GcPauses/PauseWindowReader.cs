using System.Data.Common;
using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Silo.GcPauses;

/// <summary>Reads windows by column number: a trend reads tens of thousands of rows.</summary>
internal sealed class PauseWindowReader : IDisposable
{
    private const string Query = """
        SELECT window_start, window_ms, observed_ms, gen0_count, gen1_count, gen2_count, background_count, induced_count, missed_count,
               pause_ms, max_pause_ms, suspend_ms, allocated_bytes, promoted_bytes, gen0_bytes, gen1_bytes, gen2_bytes, loh_bytes, poh_bytes,
               gen2_after_bytes, fragmented_bytes, cpu_seconds, working_set_bytes, sketches
        FROM trend_windows WHERE instance_id = @instance AND window_start >= @from AND window_start < @to ORDER BY window_start
        """;

    private readonly DbCommand command;

    public PauseWindowReader(DbConnection connection)
    {
        command = connection.CreateCommand();
        command.CommandText = Query;
        foreach (var name in (string[])["@instance", "@from", "@to"])
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }
    }

    public void Read(string instanceId, long fromMs, long toMs, List<PauseWindow> windows)
    {
        command.Parameters[0].Value = instanceId;
        command.Parameters[1].Value = fromMs;
        command.Parameters[2].Value = toMs;
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            windows.Add(Map(row, instanceId));
        }
    }

    public void Dispose() => command.Dispose();

    private static PauseWindow Map(DbDataReader row, string instanceId) => new()
    {
        InstanceId = instanceId,
        StartMs = row.GetInt64(0),
        WindowMs = row.GetInt32(1),
        ObservedMs = row.GetInt32(2),
        Gen0Count = row.GetInt64(3),
        Gen1Count = row.GetInt64(4),
        Gen2Count = row.GetInt64(5),
        BackgroundCount = row.GetInt64(6),
        InducedCount = row.GetInt64(7),
        MissedCount = row.GetInt64(8),
        PauseMs = row.GetDouble(9),
        MaxPauseMs = row.GetDouble(10),
        SuspendMs = row.GetDouble(11),
        AllocatedBytes = row.GetInt64(12),
        PromotedBytes = row.GetInt64(13),
        Heap = row.IsDBNull(14) ? null : new GenerationBytes(row.GetInt64(14), row.GetInt64(15), row.GetInt64(16), row.GetInt64(17), row.GetInt64(18)),
        HeapAfterGen2Bytes = NumberOrNull(row, 19),
        FragmentedBytes = NumberOrNull(row, 20),
        CpuSeconds = row.GetDouble(21),
        WorkingSetBytes = NumberOrNull(row, 22),
        Sketches = row.IsDBNull(23) ? [] : row.GetFieldValue<byte[]>(23),
    };

    private static long? NumberOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
