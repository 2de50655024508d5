namespace FleetProf.Analysis.Comparisons;

/// <summary>Draws a side again and again.</summary>
internal sealed class SideBootstrap
{
    /// <summary>More units per instance add time, not knowledge: neighbours are joined.</summary>
    private const int MostUnits = 60;

    private readonly WindowTotals[][] units;
    private readonly WindowTotals[] instances;
    private readonly WindowTotals drawn;
    private readonly SideTotals totals;
    private readonly Resampling resampling;
    private readonly List<int> picks = [];

    /// <summary>Every instance of the side has at least one window.</summary>
    public SideBootstrap(ComparedSide side, PauseGrid grid)
    {
        units = [.. side.Instances.Select(instance => Join(instance, grid))];
        instances = [.. units.Select(ofInstance => Sum(ofInstance, grid))];
        resampling = new Resampling(units.Select(ofInstance => ofInstance.Length));
        drawn = new WindowTotals(grid);
        totals = new SideTotals(grid);
        Observed = new SideTotals(grid);
        foreach (var instance in instances) Observed.AddInstance(instance);
    }

    public SideTotals Observed { get; }

    public double Widening => resampling.Widening;

    /// <summary>A draw; the same object is filled each time.</summary>
    public SideTotals Draw(Random random)
    {
        totals.Clear();
        for (var i = 0; i < instances.Length; i++)
        {
            if (resampling.IsByInstance)
            {
                totals.AddInstance(instances[resampling.PickInstance(random)]);
                continue;
            }

            resampling.PickUnits(i, random, picks);
            drawn.Clear();
            foreach (var pick in picks) drawn.Add(units[i][pick]);
            totals.AddInstance(drawn);
        }

        return totals;
    }

    private static WindowTotals[] Join(ComparedInstance instance, PauseGrid grid)
    {
        var size = (instance.Windows.Count + MostUnits - 1) / MostUnits;
        return [.. instance.Windows.Chunk(size).Select(chunk =>
        {
            var joined = new WindowTotals(grid);
            foreach (var window in chunk) joined.Add(window);
            return joined;
        })];
    }

    private static WindowTotals Sum(WindowTotals[] units, PauseGrid grid)
    {
        var sum = new WindowTotals(grid);
        foreach (var unit in units) sum.Add(unit);
        return sum;
    }
}
