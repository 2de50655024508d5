namespace FleetProf.Workloads.Checkout;

internal sealed record OrderReceipt(int Number, int Items, long TotalCents);
