namespace FleetProf.Workloads.Checkout;

internal readonly record struct OrderLine(int Sku, int Quantity, int UnitCents);
