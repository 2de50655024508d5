using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Access.Calls;

/// <summary>What a call from outside of the cluster needs.</summary>
internal sealed record CallRule(Permission Needs)
{
    /// <summary>In the audit log, when it is allowed too; empty for a call that only looks: of those only refusals are told.</summary>
    public string Action { get; init; } = "";

    /// <summary>It changes nothing; that it was allowed is told all the same, where there is an answer.</summary>
    public bool IsReading { get; init; }

    /// <summary>It gives content of artifacts away, piece by piece: that it was allowed, and found something, is told once a minute of a caller and what it is about.</summary>
    public bool TellsOnceAMinute { get; init; }

    /// <summary>Only refusals are told, though it has an action.</summary>
    public bool TellsRefusalsOnly { get; init; }

    /// <summary>The portal itself may call, for nobody or for somebody who has no session yet.</summary>
    public bool IsPortals { get; init; }

    /// <summary>Whoever calls: it only tells of a refusal.</summary>
    public bool IsOpen { get; init; }

    /// <summary>It is about the whole installation: not for those who are limited to services.</summary>
    public bool NeedsAll { get; init; }

    public CallSubjectKind Subject { get; init; }

    /// <summary>The argument that names the subject.</summary>
    public int Argument { get; init; }
}
