// A report builder with many long pauses: each report is a graph of small objects that survives several collections,
// so every gen1 and blocking gen2 GC has much to mark and move.
using FleetProf.Workloads;
using FleetProf.Workloads.Reports;

ExitWithParent.Arm(args);
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var office = new ReportOffice(keptReports: 4);

var app = builder.Build();
app.MapGet("/health", () => "ok");
app.MapPost("/reports/{rows:int}", (int rows) => office.Build(Math.Clamp(rows, 1, 1_000_000)));
app.MapGet("/gc", GcCounts.Now);
app.Run();
