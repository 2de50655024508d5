namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>An instance whose vitals are wanted.</summary>
public sealed record WatchedInstance(string InstanceId, DiagnosticEndpoint Endpoint);
