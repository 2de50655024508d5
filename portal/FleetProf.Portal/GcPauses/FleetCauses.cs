using FleetProf.Contracts.GcPauses;

namespace FleetProf.Portal.GcPauses;

/// <summary>Causes of the pauses of several services together. Percentiles of several cannot be told from theirs: there are none.</summary>
internal static class FleetCauses
{
    /// <summary>The most pause time first.</summary>
    public static IReadOnlyList<CausePauses> Of(IReadOnlyList<PauseHarm> services)
    {
        var all = services.SelectMany(service => service.Causes).Sum(cause => cause.PauseMs);
        return
        [
            .. services.SelectMany(service => service.Causes).GroupBy(cause => cause.Cause).Select(group => new CausePauses
            {
                Cause = group.Key,
                PauseCount = group.Sum(cause => cause.PauseCount),
                PauseMs = group.Sum(cause => cause.PauseMs),
                PausePercent = all > 0 ? group.Sum(cause => cause.PauseMs) / all * 100 : 0,
                MaxPauseMs = group.Max(cause => cause.MaxPauseMs),
                Longest = group.MaxBy(cause => cause.Longest?.PauseMs ?? 0)!.Longest,
            }).OrderByDescending(cause => cause.PauseMs).ThenBy(cause => cause.Cause),
        ];
    }

    /// <summary>Whose the longest GC of each cause is.</summary>
    public static Dictionary<PauseCause, string> ServicesOf(IReadOnlyList<PauseHarm> services) => services
        .SelectMany(service => service.Causes.Select(cause => (service.Service, Cause: cause)))
        .GroupBy(pair => pair.Cause.Cause)
        .ToDictionary(group => group.Key, group => group.MaxBy(pair => pair.Cause.Longest?.PauseMs ?? 0).Service);
}
