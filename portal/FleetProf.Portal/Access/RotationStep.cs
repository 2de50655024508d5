namespace FleetProf.Portal.Access;

/// <summary>What a step of a change of the root did, and what is next.</summary>
public sealed record RotationStep(string Said);
