namespace FleetProf.Analysis.Profiles;

/// <summary>One method of the top table: in the method itself, and in it and all it called (once per stack, however often the method recurs in it).</summary>
/// <param name="Name">Of the method.</param>
/// <param name="Module">That holds it.</param>
/// <param name="Self">In the unit of the measure.</param>
/// <param name="Total">In the unit of the measure.</param>
/// <param name="Samples">How many equal samples would tell <paramref name="Self"/> as surely; null where the profile does not say what single samples stand for.</param>
public readonly record struct TopRow(string Name, string Module, double Self, double Total, long? Samples = null);
