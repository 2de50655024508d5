using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Access.Audit;

/// <summary>Rows about those who came from the identity provider without a name, which anybody can do: one budget for all workers of a silo. Thread-safe.</summary>
internal sealed class NamelessRefusals(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly RefusalBudget budget = new(clock);

    /// <summary>As <see cref="RefusalBudget.Take"/>.</summary>
    public string? Take(string address, string reason)
    {
        lock (gate)
        {
            return budget.Take(AddressKey.Of(address), reason);
        }
    }
}
