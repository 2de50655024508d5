namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>A line of a function.</summary>
/// <param name="Function">With its package: "main.churn".</param>
/// <param name="Package">"main", "encoding/json"; empty when unknown.</param>
/// <param name="File">As the profile has it: absolute, or from the module on where it was built with -trimpath.</param>
/// <param name="Line">From 1.</param>
public readonly record struct CodePlace(string Function, string Package, string File, int Line);
