namespace FleetProf.Workloads.Checkout;

/// <summary>Prices that may change while an order is open.</summary>
internal static class PriceBook
{
    /// <summary>Static: a subscriber lives as long as the process unless it unsubscribes.</summary>
    public static event EventHandler? Changed;

    public static void Touch() => Changed?.Invoke(null, EventArgs.Empty);
}
