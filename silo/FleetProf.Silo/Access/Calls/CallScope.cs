using Dapper;
using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Access.Calls;

/// <summary>
/// The services that the caller of the call under way is limited to. Lists ask it, so that their newest rows are the newest of what the caller
/// may see; what is left out of answers besides is <see cref="CallTrim"/>'s.
/// </summary>
internal static class CallScope
{
    private static readonly AsyncLocal<Grants?> OfCall = new();

    /// <summary>Null where nothing is limited: calls of silos, and of people who may see all services.</summary>
    public static Grants? Current
    {
        get => OfCall.Value;
        set => OfCall.Value = value;
    }

    /// <summary>A condition of SQL for a column with services, and its parameters; null where nothing is limited.</summary>
    public static string? Condition(string column, DynamicParameters parameters)
    {
        if (Current is not { } grants)
        {
            return null;
        }

        var parts = new List<string> { "1 = 0" };
        for (var i = 0; i < grants.Services.Count; i++)
        {
            var pattern = grants.Services[i];
            var isBeginning = pattern.EndsWith('*');
            parameters.Add($"scope{i}", isBeginning ? pattern[..^1] : pattern);
            parts.Add(isBeginning ? $"substr({column}, 1, length(@scope{i})) = @scope{i}" : $"{column} = @scope{i}");
        }

        return $"({string.Join(" OR ", parts)})";
    }
}
