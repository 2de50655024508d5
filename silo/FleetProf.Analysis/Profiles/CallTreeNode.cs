namespace FleetProf.Analysis.Profiles;

/// <summary>A node of a call tree in pre-order.</summary>
/// <param name="Stack">Id in the profile's <see cref="StackTable"/>.</param>
/// <param name="Level">0 for the root.</param>
public readonly record struct CallTreeNode(int Stack, int Level);
