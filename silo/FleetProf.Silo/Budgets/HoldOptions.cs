namespace FleetProf.Silo.Budgets;

/// <summary>Options of section FleetProf:Holds.</summary>
public sealed class HoldOptions
{
    public const string Section = "FleetProf:Holds";

    /// <summary>How long an alert holds captures of its service, counted from the last time that it came.</summary>
    public TimeSpan AlertHold { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Problems, each naming its key; empty when all is fine.</summary>
    public IEnumerable<string> Problems()
    {
        if (AlertHold < TimeSpan.FromSeconds(1) || AlertHold > TimeSpan.FromDays(7))
        {
            yield return $"{Section}:{nameof(AlertHold)} = {AlertHold} must be one second to seven days, for example 00:15:00.";
        }
    }
}
