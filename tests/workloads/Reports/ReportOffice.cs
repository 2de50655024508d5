using System.Globalization;

namespace FleetProf.Workloads.Reports;

/// <summary>Builds reports and keeps the latest few.</summary>
internal sealed class ReportOffice(int keptReports)
{
    private readonly ReportRow?[] kept = new ReportRow?[keptReports];
    private int built;

    /// <summary>Number of rows of the finished report.</summary>
    public int Build(int rows)
    {
        ReportRow? head = null;
        for (var row = 0; row < rows; row++)
        {
            head = new ReportRow(head, string.Create(CultureInfo.InvariantCulture, $"row {row}"), [row, row * 2L]);
        }

        kept[Interlocked.Increment(ref built) % kept.Length] = head;
        return rows;
    }
}
