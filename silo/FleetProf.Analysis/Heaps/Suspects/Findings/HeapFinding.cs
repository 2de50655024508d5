namespace FleetProf.Analysis.Heaps.Suspects.Findings;

/// <summary>Something a reader of heaps looks for by name: it may be as it should be.</summary>
/// <param name="Kind">What was looked for.</param>
/// <param name="Sentence">For a person.</param>
/// <param name="Type">Name of the type that it is about, as the runtime gives it.</param>
/// <param name="Objects">How many.</param>
/// <param name="RetainedBytes">What they hold.</param>
/// <param name="Holder">Who holds them; empty when it does not matter.</param>
public sealed record HeapFinding(LeakPattern Kind, string Sentence, string Type, long Objects, long RetainedBytes, string Holder);
