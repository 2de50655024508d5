using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Access.Audit;

/// <summary>
/// Rows about those who want to come in and may not, which anybody can try: budgets for all workers of a silo. Each way in has one of its own, and so has each
/// local account, so that nobody hides in the noise of somebody else. Thread-safe.
/// </summary>
internal sealed class NamelessRefusals(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, RefusalBudget> budgets = new(StringComparer.Ordinal);

    /// <summary>As <see cref="RefusalBudget.Take"/>.</summary>
    /// <param name="way">An action, or an account that there is; never what a stranger made up, for each has a budget for good.</param>
    /// <param name="address">Whence it came.</param>
    /// <param name="reason">Why it was refused.</param>
    public string? Take(string way, string address, string reason)
    {
        lock (gate)
        {
            if (!budgets.TryGetValue(way, out var budget))
            {
                budgets[way] = budget = new RefusalBudget(clock);
            }

            return budget.Take(AddressKey.Of(address), reason);
        }
    }
}
