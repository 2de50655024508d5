namespace FleetProf.Workloads.Catalog;

internal sealed record Product(int Id, string Name, int Cents);
