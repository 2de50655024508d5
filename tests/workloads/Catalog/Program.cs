// A healthy product catalogue: a steady cache, short-lived garbage, no faults. FleetProf must find nothing wrong with it.
using FleetProf.Workloads;
using FleetProf.Workloads.Catalog;

ExitWithParent.Arm(args);
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var shelf = new ProductShelf(20_000);

var app = builder.Build();
app.MapGet("/health", () => "ok");
app.MapGet("/products", (string? search) => shelf.Find(search ?? "a"));
app.MapGet("/gc", GcCounts.Now);
app.Run();
