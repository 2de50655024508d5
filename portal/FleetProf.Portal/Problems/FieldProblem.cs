namespace FleetProf.Portal.Problems;

/// <summary>One wrong field or parameter of a request.</summary>
internal sealed record FieldProblem(string Field, string Message);
