namespace FleetProf.Portal.GcPauses;

/// <summary>What the scripts of a service's charts draw; times in milliseconds since 1970, null for a range that ends now. The address of the points lacks only their range.</summary>
internal sealed record ChartOptions(string Service, long? From, long? To, long RangeMs, string? Instance, bool IsPerInstance, bool IsByGeneration, bool IsFine, string Address)
{
    public static ChartOptions Of(string service, ServicePageState state) => new(
        service, state.From?.ToUnixTimeMilliseconds(), state.To?.ToUnixTimeMilliseconds(), (long)ServicePageState.Ranges[state.Range].TotalMilliseconds,
        state.Instance, state.IsPerInstance, state.IsByGeneration, state.IsFine, TrendAddress.Of(service, state));
}
