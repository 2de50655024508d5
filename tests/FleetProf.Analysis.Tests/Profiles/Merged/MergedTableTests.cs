using CsCheck;
using FleetProf.Analysis.Profiles.Merged;

namespace FleetProf.Analysis.Tests.Profiles.Merged;

public sealed class MergedTableTests
{
    private static readonly Gen<OneCapture[]> Captures = Gen.Select(Gen.Int[0, 2], Gen.Int[1, 30], Gen.Select(Gen.Int[0, 30], Gen.Int[0, 1_000], Gen.Int[0, 50]).Array[0, 40])
        .Select((service, seconds, rows) => new OneCapture(service, seconds, [.. rows.Select(row => ($"T{row.Item1}", (double)row.Item2, (long)row.Item3))]))
        .Array[1, 6];

    /// <summary>Whatever is shown is what a table of all names in all captures has, in that order; the total is of all of it.</summary>
    [Fact]
    public void Rows_OfTheHeaviestNames_AreThoseOfTheDenseTable() => Gen.Select(Captures, Gen.Int[1, 40], Gen.Bool).Sample((captures, most, isCounted) =>
    {
        var sample = SampleOf(captures, isCounted);
        var survey = new TableSurvey(sample);
        Feed(captures, survey.Add);
        var table = new MergedTable(sample, survey.Heaviest(most));
        Feed(captures, table.Add);
        var rows = table.Rows();

        var dense = Dense(captures, sample.Fleet, isCounted);
        Assert.All(rows, row => Assert.Equal(dense[row.Name], row));
        Assert.Equal(rows.OrderByDescending(row => row.PerSecond.Value), rows);
        var others = dense.Values.Where(row => row.PerSecond.Value > 0 && rows.All(shown => shown.Name != row.Name)).ToList();
        Assert.True(others.Count == 0 || rows.Count == most);
        Assert.All(others, other => Assert.True(other.PerSecond.Value <= rows[^1].PerSecond.Value * (1 + 1e-12)));
        Assert.Equal(DenseTotal(captures, sample.Fleet, isCounted), survey.Total());
    });

    [Fact]
    public void Rows_OfRecordingsOfDifferentLength_CountPerSecondAndNothingWhereARowIsMissing()
    {
        // Two of four instances: one allocated 100 bytes a second, the other nothing of this type.
        var sample = new TableSample(new FleetSample([new("web", 0.5), new("web", 0.5)]), [TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)]);
        var survey = new TableSurvey(sample);
        survey.Add(0, "System.String", 1_000, 10_000);
        survey.Add(1, "System.Int32", 4_000, 10_000);
        var table = new MergedTable(sample, survey.Heaviest(2));
        table.Add(0, "System.String", 1_000, 10_000);
        table.Add(1, "System.Int32", 4_000, 10_000);
        table.Add(1, "System.Object", 4_000, 10_000);

        var (rows, total) = (table.Rows(), survey.Total());
        Assert.Equal([("System.Int32", 400.0, 1), ("System.String", 200.0, 1)], rows.Select(row => (row.Name, row.PerSecond.Value, row.Captures)));
        Assert.Equal(600, total.Value);
        Assert.True(total.RelativeError < rows[0].PerSecond.RelativeError);
        Assert.True(rows[0].PerSecond.MoreCaptures > 0);
    }

    /// <summary>Names of generated code: 200,000 of them, each in one capture of a hundred. A cell for every name and capture would take 320 MB.</summary>
    [Fact]
    public void Names_MoreThanFit_CostNoMemoryAndHideNoHeavyRow()
    {
        const int Instances = 100;
        var sample = TableSample.Counted(new FleetSample([.. Enumerable.Repeat(new DrawnCapture("web", 1), Instances)]));
        var survey = new TableSurvey(sample);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var capture = 0; capture < Instances; capture++)
        {
            for (var name = 0; name < 2_000; name++)
            {
                survey.Add(capture, $"Generated{capture}.{name}", 1, 1);
            }

            // Always last, and a thousandth of the whole.
            survey.Add(capture, "Shop.Cart", 2, 1);
        }

        Assert.Contains("Shop.Cart", survey.Heaviest(10));
        Assert.Equal(Instances * 2_002, survey.Total().Value);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 150_000_000);
    }

    private static TableSample SampleOf(OneCapture[] captures, bool isCounted)
    {
        var fleet = new FleetSample([.. captures.Select(capture => new DrawnCapture($"service{capture.Service}", 1.0 / (capture.Service + 1)))]);
        return isCounted ? TableSample.Counted(fleet) : new TableSample(fleet, [.. captures.Select(capture => TimeSpan.FromSeconds(capture.Seconds))]);
    }

    private static void Feed(OneCapture[] captures, Action<int, string, double, long> add)
    {
        for (var capture = 0; capture < captures.Length; capture++)
        {
            foreach (var (name, value, samples) in captures[capture].Rows)
            {
                add(capture, name, value, samples);
            }
        }
    }

    private static Dictionary<string, MergedRow> Dense(OneCapture[] captures, FleetSample fleet, bool isCounted) => captures.SelectMany(capture => capture.Rows.Select(row => row.Name)).Distinct().ToDictionary(name => name, name =>
    {
        var cells = captures.Select(capture => capture.Rows.Where(row => row.Name == name).ToList()).ToList();
        var samples = cells.Select(rows => rows.Sum(row => row.Samples)).ToList();
        return new MergedRow(name, Estimated(captures, cells, fleet, isCounted), samples.Count(one => one > 0), samples.Sum());
    });

    private static FleetTotal DenseTotal(OneCapture[] captures, FleetSample fleet, bool isCounted) =>
        Estimated(captures, [.. captures.Select(capture => capture.Rows.ToList())], fleet, isCounted);

    // Every sample of a row weighs value / samples; a sum of independent samples has the sum of the squared weights as its variance.
    private static FleetTotal Estimated(OneCapture[] captures, List<List<(string Name, double Value, long Samples)>> cells, FleetSample fleet, bool isCounted)
    {
        var (values, own) = (new double[captures.Length], new double[captures.Length]);
        for (var capture = 0; capture < captures.Length; capture++)
        {
            foreach (var (_, value, samples) in cells[capture])
            {
                var rate = value / (isCounted ? 1.0 : captures[capture].Seconds);
                values[capture] += rate;
                own[capture] += isCounted || samples == 0 ? 0 : rate * rate / samples;
            }
        }

        return FleetEstimate.Of(fleet, values, own);
    }

    private sealed record OneCapture(int Service, int Seconds, (string Name, double Value, long Samples)[] Rows);
}
