namespace FleetProf.Silo.Comparisons;

/// <summary>A version that a comparison looks at, and in what time.</summary>
internal sealed record CitedVersion(string Service, string Version, DateTimeOffset From, DateTimeOffset To);
