using System.Globalization;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>A made-up call tree in columns, pre-order: skewed like a real profile, with recursion and long generic names.</summary>
internal sealed class FakeFlame
{
    private const int DeepestLevel = 68;

    private static readonly string[] Modules = ["Example.Checkout", "System.Private.CoreLib", "Microsoft.AspNetCore.Server.Kestrel.Core", "System.Text.Json", "Npgsql", ""];

    private readonly Random _random = new(11);
    private readonly int _nodeLimit;
    private readonly string _unit;

    private FakeFlame(string unit, int nodeLimit)
    {
        (_unit, _nodeLimit) = (unit, nodeLimit);
        for (var i = 0; i < 1500; i++)
        {
            Names.Add(NameOf(i));
        }
    }

    public List<string> Names { get; } = ["all"];

    public List<int> Name { get; } = [];

    public List<int> Module { get; } = [];

    public List<int> Level { get; } = [];

    public List<long> Totals { get; } = [];

    public List<long> Self { get; } = [];

    public static FakeFlame Create(string unit, long total, int nodeCount)
    {
        var flame = new FakeFlame(unit, nodeCount);
        flame.Add(name: 0, level: 0, total, budget: nodeCount);
        return flame;
    }

    public object ToFile() => File(Totals, Self);

    /// <summary>The same work with some calls twice as dear and others cheaper: what a later capture may hold.</summary>
    public object ToChangedFile()
    {
        const int changedLevel = 3;
        var factor = 1.0;
        var self = new List<long>();
        for (var node = 0; node < Self.Count; node++)
        {
            factor = Level[node] < changedLevel ? 1 : Level[node] > changedLevel ? factor : (Name[node] % 4) switch { 0 => 2.2, 1 => 0.3, 2 => 1.2, _ => 1 };
            self.Add((long)(Self[node] * factor));
        }

        var totals = self.ToList();
        var open = new Stack<int>();
        for (var node = 0; node < totals.Count; node++)
        {
            for (; open.Count > Level[node]; open.Pop())
            {
            }

            foreach (var above in open)
            {
                totals[above] += self[node];
            }

            open.Push(node);
        }

        return File(totals, self);
    }

    private object File(List<long> totals, List<long> self) => new
    {
        unit = _unit,
        total = totals[0],
        sampleCount = 96_112,
        lostEvents = 0,
        droppedNodes = 0,
        names = Names,
        modules = Modules,
        name = Name,
        module = Module,
        level = Level,
        totals,
        self,
    };

    public object ToTop()
    {
        var rows = Name.Select((name, node) => (name, module: Module[node], self: Self[node], total: Totals[node]))
            .Skip(1)
            .GroupBy(node => node.name)
            .Select(method => new
            {
                name = Names[method.Key],
                module = Modules[method.First().module],
                self = method.Sum(node => node.self),
                total = Math.Min(Totals[0], method.Sum(node => node.total)),
            })
            .OrderByDescending(row => row.self)
            .ToArray();
        return new { unit = _unit, total = Totals[0], methodCount = rows.Length, rows = rows.Take(1000) };
    }

    public object ToSpeedscope() => new Dictionary<string, object>
    {
        ["$schema"] = "https://www.speedscope.app/file-format-schema.json",
        ["shared"] = new { frames = Names.Take(3).Select(name => new { name }) },
        ["profiles"] = new[] { new { type = "sampled", name = "cpu", unit = "none", startValue = 0, endValue = 3, samples = new[] { new[] { 0, 1, 2 } }, weights = new[] { 3 } } },
        ["exporter"] = "fleetprof-fake",
    };

    /// <summary>Adds a node and as many descendants as its budget allows; every child is lighter than its parent.</summary>
    private void Add(int name, int level, long total, int budget)
    {
        var index = Name.Count;
        Name.Add(name);
        Module.Add(name == 0 ? Modules.Length - 1 : name % (Modules.Length - 1));
        Level.Add(level);
        Totals.Add(total);
        Self.Add(total);
        var left = budget - 1;
        for (var rest = total; left > 0 && level < DeepestLevel && Name.Count < _nodeLimit && rest > 0;)
        {
            var share = 0.45 + (_random.NextDouble() * 0.5);
            var childTotal = Math.Max(1, (long)(rest * share));
            var childBudget = Math.Max(1, (int)(left * share));
            Self[index] -= childTotal;
            rest -= childTotal;
            left -= childBudget;
            Add(1 + _random.Next(Names.Count - 1), level + 1, childTotal, childBudget);
        }
    }

    private static string NameOf(int index) => (index % 7) switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"Example.Checkout.Carts.CartPricing.Apply{index}(class Example.Checkout.Cart)"),
        1 => string.Create(CultureInfo.InvariantCulture, $"System.Collections.Generic.Dictionary`2[System.__Canon,System.Int32].TryInsert{index}"),
        2 => string.Create(CultureInfo.InvariantCulture, $"Example.Checkout.Orders.<PlaceAsync>d__{index}.MoveNext()"),
        3 => string.Create(CultureInfo.InvariantCulture, $"Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpProtocol.ProcessRequests{index}"),
        4 => string.Create(CultureInfo.InvariantCulture, $"System.Text.Json.JsonSerializer.Write{index}<img src=x onerror=alert(1)>"),
        5 => string.Create(CultureInfo.InvariantCulture, $"Npgsql.NpgsqlConnector.ReadMessage{index}(bool)"),
        _ => string.Create(CultureInfo.InvariantCulture, $"System.Threading.Tasks.Task.Execute{index}"),
    };
}
