namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>Another silo does now what this one was about to write. Nothing was written.</summary>
public sealed class LeaseLostException() : Exception("Another silo took over the upkeep of the database; nothing was written.");
