namespace FleetProf.Portal.Access;

/// <summary>Which local account is meant; a name may hold what a path may not.</summary>
internal sealed record AccountName(string Name);
