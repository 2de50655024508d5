using System.Globalization;
using FleetProf.Portal.Layout;

namespace FleetProf.Portal.GcPauses;

/// <summary>Where the charts of a service read their points. Written here only, so that the page can have the browser begin before its scripts run.</summary>
internal static class TrendAddress
{
    private const int PointsPerInstance = 120;
    private const int MostSteps = 20_000;

    private static readonly string[] Fields =
    [
        "observedFraction", "gcCount", "gen0Count", "gen1Count", "gen2Count", "missedGcCount", "reasons",
        "pauseP50Ms", "pauseP95Ms", "pauseP99Ms", "maxPauseMs", "gen0PauseP99Ms", "gen1PauseP99Ms", "gen2PauseP99Ms", "timeInGcPercent",
        "heapBytes", "gen0Bytes", "gen1Bytes", "gen2Bytes", "lohBytes", "pohBytes", "allocatedBytesPerSecond",
    ];

    /// <summary>Of many lines only what is drawn: the table asks for the rest when it is opened.</summary>
    private static readonly string[] FieldsPerInstance = ["observedFraction", "gcCount", "gen2Count", "missedGcCount", "pauseP99Ms", "timeInGcPercent", "heapBytes", "allocatedBytesPerSecond"];

    /// <summary>Without the range of time.</summary>
    public static string Of(string service, ServicePageState state)
    {
        var isEach = state is { IsPerInstance: true, Instance: null };
        var query = new PageQuery().Add("instance", state.Instance).Add("perInstance", isEach ? "true" : null);
        if (isEach || state.IsFine)
        {
            query.Add("step", StepOf(LengthOf(state), state.IsFine ? MostSteps : PointsPerInstance).ToString(CultureInfo.InvariantCulture));
        }

        return query.Add("field", isEach ? FieldsPerInstance : Fields).ToUri($"/api/v1/services/{Uri.EscapeDataString(service)}/trend/packed");
    }

    /// <summary>With the range that the page shows at this time.</summary>
    public static string Of(string service, ServicePageState state, DateTimeOffset now)
    {
        var to = state.To ?? now;
        return $"{Of(service, state)}&from={TextOf(state.From ?? to - LengthOf(state))}&to={TextOf(to)}";
    }

    private static TimeSpan LengthOf(ServicePageState state) => state is { From: { } from, To: { } to } ? to - from : ServicePageState.Ranges[state.Range];

    /// <summary>Seconds of a step: a multiple of ten, a day at most.</summary>
    private static long StepOf(TimeSpan length, int most) => Math.Clamp((long)Math.Ceiling(length.TotalSeconds / most / 10) * 10, 10, StepParameters.LargestStep);

    private static string TextOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
