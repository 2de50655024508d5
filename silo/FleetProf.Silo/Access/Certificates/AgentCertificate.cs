namespace FleetProf.Silo.Access.Certificates;

/// <summary>What a client certificate says, once its chain is known to lead to a trusted root.</summary>
/// <param name="AgentId">The only identity that counts.</param>
/// <param name="Serial">Hex.</param>
/// <param name="IssuedAt">When it was made, to the second.</param>
/// <param name="ExpiresAt">Its end.</param>
internal sealed record AgentCertificate(string AgentId, string Serial, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);
