using System.Reflection;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.GcPauses;
using Orleans.Serialization.Invocation;

namespace FleetProf.Silo.Access.Calls;

/// <summary>Leaves out of answers what belongs to services that the caller's grants do not hold for: rows are missing, single things unknown.</summary>
internal static class CallTrim
{
    private const int MostRows = 1_000;
    private const int MostInstances = 20_000;

    /// <summary>Answers that <see cref="Of(object, Grants, int)"/> cuts back to what the caller wanted.</summary>
    private static readonly HashSet<Type> Lists =
    [
        typeof(Task<IReadOnlyList<CaptureHold>>), typeof(Task<IReadOnlyList<Instance>>), typeof(Task<IReadOnlyList<ServiceRow>>), typeof(Task<IReadOnlyList<Capture>>),
        typeof(Task<IReadOnlyList<Comparison>>), typeof(Task<IReadOnlyList<Deploy>>), typeof(Task<IReadOnlyList<PauseHarm>>), typeof(Task<IReadOnlyList<CampaignRow>>),
    ];

    /// <summary>
    /// Rows are left out after the grain has counted them: it is asked for as many as it gives. Returns how many the caller wanted. What is no such list is
    /// handed on as the grain made it, so that a number there stays what the caller said.
    /// </summary>
    public static int Widen(IInvokable request, MethodInfo method)
    {
        if (!Lists.Contains(method.ReturnType))
        {
            return int.MaxValue;
        }

        for (var i = 0; i < request.GetArgumentCount(); i++)
        {
            switch (request.GetArgument(i))
            {
                case int limit:
                    request.SetArgument(i, MostRows);
                    return limit;
                case CaptureFilter filter:
                    request.SetArgument(i, filter with { Limit = MostRows });
                    return filter.Limit;
                case InstanceFilter filter:
                    request.SetArgument(i, filter with { Limit = MostInstances });
                    return filter.Limit;
            }
        }

        return int.MaxValue;
    }

    public static object? Of(object? result, Grants grants, int limit) => result switch
    {
        Instance one => grants.Covers(one.Service) ? one : null,
        ServiceRow one => grants.Covers(one.Service) ? one : null,
        Capture one => grants.Covers(one.Service) ? one : null,
        Comparison one => grants.Covers(one.Service) ? one : null,
        Campaign one => one.IsCoveredBy(grants) ? one : null,
        CampaignCreation { Campaign: { } made } creation => made.IsCoveredBy(grants) ? creation : new CampaignCreation { Problems = [new() { Field = "idempotencyKey", Message = "It belongs to another campaign." }] },
        IReadOnlyList<CaptureHold> rows => Of(rows, row => row.IsForAll || grants.Covers(row.Service), limit),
        IReadOnlyList<Instance> rows => Of(rows, row => grants.Covers(row.Service), limit),
        IReadOnlyList<ServiceRow> rows => Of(rows, row => grants.Covers(row.Service), limit),
        IReadOnlyList<Capture> rows => Of(rows, row => grants.Covers(row.Service), limit),
        IReadOnlyList<Comparison> rows => Of(rows, row => grants.Covers(row.Service), limit),
        IReadOnlyList<Deploy> rows => Of(rows, row => grants.Covers(row.Service), limit),
        IReadOnlyList<PauseHarm> rows => Of(rows, row => grants.Covers(row.Service), limit),
        IReadOnlyList<CampaignRow> rows => Of(rows, row => row.Services.Count > 0 && row.Services.All(grants.Covers), limit),
        _ => result,
    };

    private static List<T> Of<T>(IReadOnlyList<T> rows, Func<T, bool> isCovered, int limit) => [.. rows.Where(isCovered).Take(limit)];
}
