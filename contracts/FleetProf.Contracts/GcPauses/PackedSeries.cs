using System.Buffers.Binary;

namespace FleetProf.Contracts.GcPauses;

/// <summary>The points of one instance, or of all together, by columns. All numbers take four bytes, the lowest first.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.packed-series")]
public sealed record PackedSeries
{
    private const int Width = sizeof(float);

    /// <summary>Empty when instances were merged.</summary>
    [Id(0)] public string Instance { get; init; } = "";

    /// <summary>Empty when versions were merged.</summary>
    [Id(1)] public string Version { get; init; } = "";

    /// <summary>Whole seconds since 1970, ascending, without a sign.</summary>
    [Id(2)] public byte[] WindowStart { get; init; } = [];

    /// <summary>By the name of the figure, in single precision; not a number where there is none. Each as long as the starts.</summary>
    [Id(3)] public IReadOnlyDictionary<string, byte[]> Columns { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>How many points there are.</summary>
    public int Count => WindowStart.Length / Width;

    /// <summary>The largest figure of a column; 0 where it has none above.</summary>
    public static float MostOf(ReadOnlySpan<byte> column)
    {
        var most = 0f;
        for (var at = 0; at < column.Length; at += Width)
        {
            // Not a number is never larger.
            var value = BinaryPrimitives.ReadSingleLittleEndian(column[at..]);
            most = value > most ? value : most;
        }

        return most;
    }
}
