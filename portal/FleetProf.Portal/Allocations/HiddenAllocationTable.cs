using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Allocations;

/// <summary>Allocations that source code does not show, by class, user method and type; wwwroot/allocations/hidden.js puts the advice above it.</summary>
internal static class HiddenAllocationTable
{
    public static readonly ResultTable Shape = new()
    {
        Columns =
        [
            new("bytes", "Allocated", "bytes") { Hint = "Estimated from the samples" },
            new("bytes", "Share", "share") { Of = "totalBytes", Hint = "Of all that was allocated, hidden or not" },
            new("relativeError", "± 95 %", "ratio") { Hint = "Half width of the 95 % interval, as a share of the estimate; – when the source is biased and has no such bound" },
            new("objects", "Objects", "count") { Hint = "Estimated; – when the source cannot say" },
            new("samples", "Samples", "count") { Hint = "Fewer than 30 say little" },
            new("class", "Code", "text"),
            new("title", "Class", "text"),
            new("userMethod", "Your method", "text") { Hint = "The nearest method on the stack that is neither the base library's nor a framework's" },
            new("detail", "Variety", "text"),
            new("note", "Note", "text") { Hint = "cold: the code was not optimised yet and may allocate less once it is; debug build: it never is" },
            new("type", "Type", "text"),
            new("evidence", "Evidence", "text") { Hint = "The frame or type that decided", IsDetail = true },
            new("module", "Module", "text") { IsDetail = true },
        ],
        Sort = "bytes",
        Filter = ["class", "title", "userMethod", "type", "detail", "evidence"],
        Noun = "hidden allocations",
        Link = new("userMethod", "find", "tab=flame"),
    };
}
