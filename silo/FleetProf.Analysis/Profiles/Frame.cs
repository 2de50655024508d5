namespace FleetProf.Analysis.Profiles;

/// <summary>One line of a call stack: a readable name, for example "Checkout.Cart.Total", and the simple assembly name, empty when unknown.</summary>
public readonly record struct Frame(string Name, string Module, FrameKind Kind = FrameKind.Method);
