namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>Names this run of this silo in rows that others must be able to take over. Another run at the same address is another name.</summary>
/// <param name="Name">Address and generation, as in the table of members.</param>
public sealed record SiloIdentity(string Name);
