using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Access.Audit;

/// <summary>
/// How many refusals of those who are logged in get a row each: a page that may not be seen can be opened as often as the portal lets in, and each row is
/// written to the disk. Every session and token has a budget of its own, so that nobody hides in the noise of somebody else. Thread-safe.
/// </summary>
internal sealed class CallerRefusals(TimeProvider clock)
{
    /// <summary>Of one session or token and one action within a minute.</summary>
    public const int RowsPerAction = 10;

    /// <summary>Of one session or token within a minute.</summary>
    public const int RowsPerCaller = RefusalBudget.RowsPerMinute;

    private const int MostCallers = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, RefusalBudget> budgets = new(StringComparer.Ordinal);

    /// <summary>As <see cref="RefusalBudget.Take"/>.</summary>
    public string? Take(AuditEntry refused)
    {
        lock (gate)
        {
            return BudgetOf(refused.CredentialId).Take(refused.Action, refused.Reason);
        }
    }

    /// <summary>As <see cref="RefusalBudget.GiveBack"/>.</summary>
    public void GiveBack(AuditEntry refused)
    {
        lock (gate)
        {
            BudgetOf(refused.CredentialId).GiveBack();
        }
    }

    private RefusalBudget BudgetOf(string credentialId)
    {
        if (budgets.TryGetValue(credentialId, out var known))
        {
            return known;
        }

        if (budgets.Count >= MostCallers)
        {
            // Sessions come and go. What was only counted of them goes too.
            budgets.Clear();
        }

        return budgets[credentialId] = new RefusalBudget(clock, RowsPerAction, RowsPerCaller);
    }
}
