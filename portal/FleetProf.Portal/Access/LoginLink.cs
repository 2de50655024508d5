namespace FleetProf.Portal.Access;

/// <summary>A link that logs one browser in, once.</summary>
internal sealed record LoginLink(string LoginUrl);
