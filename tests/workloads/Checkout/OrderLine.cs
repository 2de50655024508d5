namespace FleetProf.Workloads.Checkout;

internal sealed class OrderLine
{
    public int Sku { get; init; }

    public int Quantity { get; init; }

    public int UnitCents { get; init; }
}
