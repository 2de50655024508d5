namespace FleetProf.Workloads.Checkout;

/// <summary>The planted leak: it follows price changes of an order and never lets go. About 9.5 KB with its order.</summary>
internal sealed class OrderAudit
{
    /// <summary>Keeps a forgotten demo from eating the machine: about 230 MB at 100 lines an order.</summary>
    private const int LeakLimit = 24_000;

    private static readonly Lock Gate = new();
    private static int followed;

    private readonly Order order;
    private PriceChanges changes;

    private OrderAudit(Order order) => this.order = order;

    public static void Follow(Order order)
    {
        var audit = new OrderAudit(order);
        lock (Gate)
        {
            // Subscribing copies the whole invocation list only when it is full, so this stays cheap.
            if (followed++ < LeakLimit)
            {
                PriceBook.Changed += audit.OnPriceChanged;
            }
        }
    }

    private void OnPriceChanged(object? sender, EventArgs e) => changes[order.Number % PriceChanges.Length]++;
}
