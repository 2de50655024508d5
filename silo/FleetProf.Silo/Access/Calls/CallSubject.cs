using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Access.Calls;

/// <summary>What a call is about.</summary>
internal sealed record CallSubject
{
    public static readonly CallSubject Nothing = new();

    /// <summary>Its id, for the audit log.</summary>
    public string Target { get; init; } = "";

    /// <summary>The services that the caller's grants must hold for.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>It is named by an id that tells nothing: to those who may not see it, it does not exist. A service's name is answered by a refusal, whether there is one or not.</summary>
    public bool IsHidden { get; init; }

    /// <summary>What the call needs beyond its rule.</summary>
    public Permission Needs { get; init; }

    /// <summary>Why, in the words of whoever asks.</summary>
    public string Reason { get; init; } = "";
}
