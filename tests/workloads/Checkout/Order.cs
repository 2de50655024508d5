namespace FleetProf.Workloads.Checkout;

/// <summary>A basket on its way through checkout.</summary>
internal sealed class Order
{
    public Order(int number, int items)
    {
        Number = number;
        Lines = new OrderLine[items];
        for (var index = 0; index < items; index++)
        {
            Lines[index] = new((number * 31) + index, 1 + (index % 7), 99 + (index % 900));
        }
    }

    public int Number { get; }

    public OrderLine[] Lines { get; }
}
