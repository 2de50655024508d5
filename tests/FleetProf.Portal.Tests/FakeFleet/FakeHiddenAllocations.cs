namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>alloc.hidden.json as the analyzer writes it.</summary>
internal static class FakeHiddenAllocations
{
    private const double Total = 1_200_000_000;

    private static readonly (string Class, string Title, string Detail, string Method, string Type, string Evidence)[] Found =
    [
        ("H12", "Dictionary growth", "", "Example.Checkout.Orders.OrderIndex.Rebuild", "Entry[System.Int32,Example.Checkout.Order][]", "System.Collections.Generic.Dictionary<System.Int32, __Canon>.Resize"),
        ("H01", "Boxing", "", "Example.Checkout.Pricing.DiscountRules.Apply", "System.Decimal", "System.Decimal"),
        ("H06", "Async state machine", "state machine", "Example.Checkout.Orders.OrderStore.SaveAsync", "AsyncStateMachineBox`1[System.Threading.Tasks.VoidTaskResult,Example.Checkout.Orders.OrderStore+<SaveAsync>d__4]", "AsyncStateMachineBox`1[…]"),
        ("H08", "String building", "", "Example.Checkout.Orders.OrderKey.ToString", "System.String", "System.String.Concat"),
        ("H15", "LINQ", "", "Example.Checkout.Pricing.CartPricing.Total", "ListWhereSelectIterator`2[Example.Checkout.Line,System.Decimal]", "System.Linq.Enumerable.ListWhereIterator<__Canon>.Select"),
        ("H01", "Boxing", "formatting", "Example.Checkout.Audit.Trail.Write", "System.Int32", "System.String.Format"),
        ("H19", "Framework", "System.Text.Json", "Example.Checkout.Api.OrderEndpoints.Get", "System.String", "System.Text.Json.JsonSerializer.Serialize"),
        ("H02", "Closure", "", "Example.Checkout.Api.OrderEndpoints.List", "<>c__DisplayClass3_0", "<>c__DisplayClass3_0"),
    ];

    public static object Create()
    {
        var rows = Found.Select((found, rank) =>
        {
            var bytes = Math.Round(400_000_000.0 / ((rank + 1) * (rank + 2)));
            var samples = (long)(bytes / 102_400);
            return new
            {
                @class = found.Class, title = found.Title, detail = found.Detail, userMethod = found.Method, module = "Example.Checkout", type = found.Type, evidence = found.Evidence,
                bytes, objects = Math.Round(bytes / 40), samples, relativeError = Math.Round(1.96 / Math.Sqrt(samples), 4), share = Math.Round(bytes / Total, 6),
                isLowConfidence = samples < 30, isCold = rank == 5, isDebugBuild = false, note = rank == 5 ? "cold" : "", advice = found.Class,
            };
        }).ToList();
        return new
        {
            source = "allocationSampled", isBiased = false, sampleCount = 11_700, durationMs = 10_000, totalBytes = Total, hiddenBytes = rows.Sum(row => row.bytes), isCold = false, coldShare = 0.04, isDebugBuild = false, debugShare = 0.0,
            rows,
            advice = rows.GroupBy(row => row.@class).Select(group => new
            {
                id = group.Key, title = group.First().title, bytes = group.Sum(row => row.bytes),
                what = "A value (number, enum, struct) is copied into an object of at least 24 bytes each time it is used as object or as an interface.",
                inSource = "An assignment, argument or return of a value type where object or an interface is declared.",
                mend = "Take a generic parameter instead of object or the interface, and use generic collections.",
            }),
        };
    }
}
