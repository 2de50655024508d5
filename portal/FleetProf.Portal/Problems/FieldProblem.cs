namespace FleetProf.Portal.Problems;

/// <summary>One wrong field or parameter of a request.</summary>
public sealed record FieldProblem(string Field, string Message);
