using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Profiles;

/// <summary>Methods by what they cost in two captures; wwwroot/profiles/method-diff.js makes the rows.</summary>
internal static class MethodDiffTable
{
    private static readonly ResultColumn[] Names = [new("name", "Method", "text"), new("module", "Module", "text")];

    /// <summary>Of recordings: in shares of each side's own total.</summary>
    public static readonly ResultTable Shares = ShapeOf(
        [
            new("selfChange", "Self, points", "points") { Hint = "Change of the method's own share of everything, in points of percent" },
            new("selfShareBefore", "Self before", "part"),
            new("selfShareAfter", "Self after", "part"),
            new("totalChange", "Total, points", "points") { Hint = "Change of its share with all it called" },
            new("totalShareBefore", "Total before", "part"),
            new("totalShareAfter", "Total after", "part"),
        ]);

    /// <summary>Of snapshots: in the unit of the files.</summary>
    public static readonly ResultTable Amounts = ShapeOf(
        [
            new("selfChange", "Self, change", "growth") { Hint = "How much more than before is in the method itself" },
            new("selfBefore", "Self before", "value"),
            new("selfAfter", "Self after", "value"),
            new("totalChange", "Total, change", "growth") { Hint = "How much more than before is in it and all it called" },
            new("totalBefore", "Total before", "value"),
            new("totalAfter", "Total after", "value"),
        ]);

    private static ResultTable ShapeOf(ResultColumn[] figures) => new()
    {
        Columns = [.. figures, .. Names],
        Sort = "selfChange",
        Filter = ["name", "module"],
        Noun = "methods",
    };
}
