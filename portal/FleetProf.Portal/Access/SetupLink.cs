namespace FleetProf.Portal.Access;

/// <summary>A link that makes one local admin, once.</summary>
internal sealed record SetupLink(string SetupUrl);
