namespace FleetProf.Analyzer.Profiles.Pprof;

/// <summary>One line of code in a stack.</summary>
/// <param name="Function">As the profile names it, for example "encoding/json.Marshal".</param>
/// <param name="Module">Package of a Go function, else the file that the code was loaded from; empty when unknown.</param>
/// <param name="File">Source file; empty when unknown.</param>
/// <param name="Line">From 1; 0 when unknown.</param>
internal readonly record struct CodeLine(string Function, string Module, string File, long Line);
