using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Profiles;

/// <summary>The top table: methods by what they cost themselves and with all they called.</summary>
internal static class MethodTable
{
    public static readonly ResultTable Shape = new()
    {
        Columns =
        [
            new("self", "Self", "value") { Hint = "In the method itself" },
            new("self", "Self %", "share") { Of = "total" },
            new("total", "Total", "value") { Hint = "In the method and all it called" },
            new("total", "Total %", "share") { Of = "total" },
            new("name", "Method", "text"),
            new("module", "Module", "text"),
        ],
        Sort = "self",
        Filter = ["name", "module"],
        Noun = "methods",
        Link = new("name", "fn", "tab=flame&view=sandwich"),
    };
}
