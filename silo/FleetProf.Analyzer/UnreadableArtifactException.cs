namespace FleetProf.Analyzer;

/// <summary>The input cannot be read at all. The message is one line for a person: what is wrong, and where.</summary>
internal sealed class UnreadableArtifactException(string message, Exception? inner = null) : Exception(message, inner);
