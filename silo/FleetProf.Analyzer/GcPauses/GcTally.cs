using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Analyzer.GcPauses;

/// <summary>The collections of one runtime in a log: the table, and sums over all of them.</summary>
internal sealed class GcTally
{
    /// <summary>A longer log is counted whole; the rows behind are left out of the table.</summary>
    public const int MostRows = 250_000;

    private readonly List<GcTableRow> _rows = [];

    public IReadOnlyList<GcTableRow> Rows => _rows;

    /// <summary>Every stop of the world, in milliseconds.</summary>
    public DdSketch Pauses { get; } = new();

    public double PauseMs { get; private set; }

    public void Add(GcTableRow row, params IEnumerable<double> pauses)
    {
        PauseMs += row.PauseMs;
        foreach (var pause in pauses)
        {
            Pauses.Add(Math.Min(pause, DdSketch.LargestValue));
        }

        if (_rows.Count < MostRows)
        {
            _rows.Add(row);
        }
    }
}
