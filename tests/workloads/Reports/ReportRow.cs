namespace FleetProf.Workloads.Reports;

/// <summary>A linked row: the collector must walk the chain one row at a time.</summary>
internal sealed class ReportRow(ReportRow? next, string title, long[] cells)
{
    public ReportRow? Next { get; } = next;

    public string Title { get; } = title;

    public long[] Cells { get; } = cells;
}
