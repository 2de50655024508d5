using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Access;

/// <summary>Who asks.</summary>
internal sealed record Me(string Name, Grants Grants);
