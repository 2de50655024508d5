namespace FleetProf.Analysis.Profiles;

/// <summary>One method of the top table: in the method itself, and in it and all it called (once per stack, however often the method recurs in it).</summary>
public readonly record struct TopRow(string Name, string Module, double Self, double Total);
