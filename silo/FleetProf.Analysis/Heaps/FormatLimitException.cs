namespace FleetProf.Analysis.Heaps;

/// <summary>What is to be written is more than the file format can hold. The input is sound, and other formats may hold it.</summary>
public sealed class FormatLimitException(string message) : Exception(message);
