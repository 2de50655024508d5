namespace FleetProf.Agent.Control;

/// <summary>Reads the addresses of silos.</summary>
internal static class SiloAddresses
{
    /// <summary>At least one text, which need not be an address.</summary>
    public static string[] Of(string silos) => silos.Split(',', StringSplitOptions.TrimEntries);
}
