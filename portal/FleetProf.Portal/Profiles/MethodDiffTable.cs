using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Profiles;

/// <summary>Methods by what they cost in two captures; wwwroot/profiles/method-diff.js makes the rows.</summary>
internal static class MethodDiffTable
{
    public static readonly ResultTable Shape = new()
    {
        Columns =
        [
            new("selfChange", "Self, points", "points") { Hint = "Change of the method's own share of everything, in points of percent" },
            new("selfShareBefore", "Self before", "part"),
            new("selfShareAfter", "Self after", "part"),
            new("totalChange", "Total, points", "points") { Hint = "Change of its share with all it called" },
            new("totalShareBefore", "Total before", "part"),
            new("totalShareAfter", "Total after", "part"),
            new("name", "Method", "text"),
            new("module", "Module", "text"),
        ],
        Sort = "selfChange",
        Filter = ["name", "module"],
        Noun = "methods",
    };
}
