namespace FleetProf.Silo.GcPauses.Rows;

/// <summary>What trends of several instances are kept for.</summary>
internal readonly record struct ServiceVersion(string Service, string Version) : IComparable<ServiceVersion>
{
    public int CompareTo(ServiceVersion other) =>
        string.CompareOrdinal(Service, other.Service) is var order and not 0 ? order : string.CompareOrdinal(Version, other.Version);
}
