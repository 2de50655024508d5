namespace FleetProf.Workloads.Checkout;

/// <summary>Turns baskets into priced orders.</summary>
internal sealed class CheckoutDesk(bool isFaulty)
{
    private readonly Order?[] recent = new Order?[512];
    private int placed;

    public OrderReceipt Place(int items)
    {
        var number = Interlocked.Increment(ref placed);
        var order = new Order(number, items);
        recent[number % recent.Length] = order;
        var total = isFaulty ? DiscountRules.ApplyLoose(order) : DiscountRules.Apply(order);
        if (isFaulty)
        {
            OrderAudit.Follow(order);
        }

        ReceiptPrinter.Print(order);
        return new OrderReceipt(number, items, total);
    }
}
