namespace FleetProf.Contracts.Captures;

/// <summary>A stored file of a capture: the original artifact or something the analyzer made of it.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.capture-file")]
public sealed record CaptureFile
{
    /// <summary>For example "original.nettrace", "cpu.flame.json", "heap.types.json".</summary>
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required string ContentType { get; init; }

    [Id(2)] public required long SizeBytes { get; init; }

    /// <summary>Of the content, lower-case hex; usable as an entity tag.</summary>
    [Id(3)] public string Sha256 { get; init; } = "";

    /// <summary>Where the silo that holds the file serves it by HTTP, with a ticket that is valid for one minute. Bytes never cross a grain call. Null in lists.</summary>
    [Id(4)] public string? Link { get; init; }

    /// <summary>Files as they were recorded, and the whole heap graph, of which a .gcdump can be made; all others are made by the analyzer. Raw ones need more than to see.</summary>
    public static bool IsRaw(string name) =>
        name.StartsWith("original.", StringComparison.OrdinalIgnoreCase) || name.Equals("heap.graph", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".gcdump", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".nettrace", StringComparison.OrdinalIgnoreCase);
}
