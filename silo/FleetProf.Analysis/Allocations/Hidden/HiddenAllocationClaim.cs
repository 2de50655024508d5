namespace FleetProf.Analysis.Allocations.Hidden;

/// <summary>What is claimed about a sample.</summary>
/// <param name="Class">Never <see cref="HiddenAllocationClass.Unclassified"/>.</param>
/// <param name="Detail">The variety within the class, for example "enum" or a framework's name; may be empty.</param>
/// <param name="Evidence">The frame or type that decided.</param>
internal readonly record struct HiddenAllocationClaim(HiddenAllocationClass Class, string Detail, string Evidence);
