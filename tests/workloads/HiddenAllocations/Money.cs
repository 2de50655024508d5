namespace HiddenAllocations;

internal readonly struct Money(decimal amount) : IComparable<Money>
{
    public decimal Amount { get; } = amount;

    public int CompareTo(Money other) => Amount.CompareTo(other.Amount);
}
