using FleetProf.Contracts.Captures;
using FleetProf.Portal.Allocations;
using FleetProf.Portal.GcPauses;
using FleetProf.Portal.Heaps;
using FleetProf.Portal.Profiles;

namespace FleetProf.Portal.Captures;

/// <summary>One view of a capture.</summary>
/// <param name="Key">Its name in the address.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="File">The result file that it shows; null for downloads.</param>
/// <param name="Table">How the file is shown as a table; null for a flame graph.</param>
internal sealed record CaptureTab(string Key, string Title, string? File, ResultTable? Table)
{
    /// <summary>Path below wwwroot of the module that shows the file.</summary>
    public string Script { get; init; } = Table is null ? "js/flame.js" : "js/table.js";

    /// <summary>What the module asks below the capture's own REST address in place of the file, for views that are answered by the page; null for the file.</summary>
    public string? Route { get; init; }

    /// <summary>Class of the element that the module fills.</summary>
    public string Class => Table is not null ? "table" : Script == "js/flame.js" ? "flame" : "heap";

    public static readonly CaptureTab Downloads = new("downloads", "Downloads", null, null);

    /// <summary>The views of a capture of this kind for which the analyzer made files, the best first.</summary>
    public static IReadOnlyList<CaptureTab> Of(CaptureKind kind, IReadOnlyList<CaptureFile> files)
    {
        var names = files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        return [.. All(kind).Where(tab => names.Contains(tab.File!)), Downloads];
    }

    private static IEnumerable<CaptureTab> All(CaptureKind kind)
    {
        var collections = new CaptureTab("gcs", "GCs", "gcs.json", GcTable.Shape) { Script = "gcpauses/gc-table.js" };
        return kind switch
        {
            CaptureKind.Trace => [Flame("cpu"), Methods("cpu"), collections],
            CaptureKind.Goroutines => [Flame("goroutine"), Methods("goroutine")],
            CaptureKind.Alloc =>
            [
                new("types", "Types", "alloc.types.json", AllocationTypeTable.Shape),
                new("hidden", "Hidden allocations", "alloc.hidden.json", HiddenAllocationTable.Shape) { Script = "allocations/hidden.js" },
                Flame("alloc"), new("bytype", "Flame by type", "alloc.bytype.flame.json", null), Methods("alloc"), collections,
            ],
            CaptureKind.Gcdump =>
            [
                new("types", "Types", "heap.types.json", HeapTypeTable.Shape),
                new("suspects", "Suspects", "heap.suspects.json", null) { Script = "heaps/suspects.js" },
                new("dominators", "Dominators", "heap.tree", null) { Script = "heaps/dominators.js", Route = "heap/dominators" },
                new("paths", "Paths", "heap.paths.json", null) { Script = "heaps/paths.js" },
                Flame("inuse"), Methods("inuse"), collections,
            ],
            _ => [collections],
        };
    }

    private static CaptureTab Flame(string profile) => new("flame", "Flame graph", $"{profile}.flame.json", null);

    private static CaptureTab Methods(string profile) => new("top", "Top table", $"{profile}.top.json", MethodTable.Shape);
}
