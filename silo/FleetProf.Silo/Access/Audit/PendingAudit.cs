using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Access.Audit;

/// <summary>
/// The audit row of the call under way. The write that is the action takes it into its own transaction; what no write took, the gate writes by itself.
/// </summary>
internal sealed class PendingAudit(AuditEntry entry)
{
    private static readonly AsyncLocal<PendingAudit?> OfCall = new();

    private int isTaken;

    /// <summary>Null outside of an audited call.</summary>
    public static PendingAudit? Current
    {
        get => OfCall.Value;
        set => OfCall.Value = value;
    }

    public AuditEntry Entry { get; private set; } = entry;

    /// <summary>The row, if nobody has it yet.</summary>
    public bool TryTake() => Interlocked.Exchange(ref isTaken, 1) == 0;

    /// <summary>The write failed or changed nothing.</summary>
    public void GiveBack() => Volatile.Write(ref isTaken, 0);

    /// <summary>Says what the action was done to, where only the action itself knows.</summary>
    public void Name(string target) => Entry = Entry with { Target = target };

    /// <summary>Says what the action is done to, and why.</summary>
    public void Explain(string target, string reason) => Entry = Entry with { Target = target, Reason = reason };

    /// <summary>Says what was given away: a role, and the services that it holds for.</summary>
    public void Give(Grants grants, string details) =>
        Entry = Entry with { Services = string.Join(',', grants.Services), Reason = $"{details}, {grants.Role.ToString().ToLowerInvariant()}" };

    /// <summary>Says who it was, where the portal called for somebody who had no session yet.</summary>
    public void Act(string name, string address, string credentialId, Role role) =>
        Entry = Entry with { Actor = name, Address = address, CredentialId = credentialId, Role = role };

    /// <summary>It was allowed and not done: the gate says this reason, where it would else say that nothing was changed.</summary>
    public void Fail(string reason) => Entry = Entry with { Decision = AuditDecision.Failed, Reason = reason };

    /// <summary>The call itself found that this may not be.</summary>
    /// <param name="name">Who it was; empty where nobody knows.</param>
    /// <param name="address">From where.</param>
    /// <param name="reason">Why; null: there are rows enough about such, and this one gets none.</param>
    public void Refuse(string name, string address, string? reason)
    {
        if (reason is null)
        {
            TryTake();
            return;
        }

        Entry = Entry with { Actor = name, Address = address, CredentialId = "", Role = Role.None, Decision = AuditDecision.Denied, Reason = reason };
    }
}
