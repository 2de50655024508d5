using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Heaps;

/// <summary>Types that changed between two heap snapshots; wwwroot/heaps/diff.js puts the paths above it.</summary>
internal static class HeapDiffTable
{
    private const string Untracked = "A collector moves objects, so two snapshots do not tell which are the same: ";

    public static readonly ResultTable Shape = new()
    {
        Columns =
        [
            new("retainedGrowth", "Retained growth", "growth") { Hint = "Of what would at least be freed if all objects of the type died" },
            new("shallowGrowth", "Shallow growth", "growth"),
            new("newAtLeast", "New ≥", "count") { Hint = $"{Untracked}at least so many are new" },
            new("deadAtLeast", "Dead ≥", "count") { Hint = $"{Untracked}at least so many have died" },
            new("survivedAtMost", "Survived ≤", "count") { Hint = $"{Untracked}at most so many can be in both" },
            new("countBefore", "Objects before", "count"),
            new("countAfter", "Objects after", "count"),
            new("retainedBytesBefore", "Retained before", "bytes"),
            new("retainedBytesAfter", "Retained after", "bytes"),
            new("type", "Type", "text"),
            new("shallowBytesBefore", "Shallow before", "bytes") { IsDetail = true },
            new("shallowBytesAfter", "Shallow after", "bytes") { IsDetail = true },
            new("module", "Module", "text") { IsDetail = true, TellsApart = "type" },
        ],
        Sort = "retainedGrowth",
        Filter = ["type", "module"],
        Noun = "changed types",
    };
}
