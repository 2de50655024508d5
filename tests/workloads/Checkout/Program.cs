// A checkout service. Release 1.0 is healthy. Release 1.1 has two planted faults, the ground truth of demo and tests:
//   leak:   every order subscribes an OrderAudit to the static event PriceBook.Changed and never unsubscribes;
//   boxing: DiscountRules.ApplyLoose keeps quantities as objects, one box per item, on the hot path.
using FleetProf.Workloads;
using FleetProf.Workloads.Checkout;

ExitWithParent.Arm(args);
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var release = builder.Configuration["release"] ?? "1.0";
var checkout = new CheckoutDesk(isFaulty: release is "1.1");

var app = builder.Build();
app.MapGet("/health", () => "ok");
app.MapPost("/orders/{items:int}", (int items) => checkout.Place(Math.Clamp(items, 1, 10_000)));
app.MapGet("/gc", GcCounts.Now);
app.Run();
