using FleetProf.Contracts;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures.Retention;

public abstract class CitationReaderTests(CatalogKind kind) : IDisposable
{
    private readonly RetentionRig rig = new(kind);

    [Fact]
    public async Task Run_CitedByAComparisonOlderThanKeepCited_Goes()
    {
        await rig.AddAsync(1, version: "7");
        await CompareAsync("7");
        rig.Clock.Advance(TimeSpan.FromDays(89));
        Assert.Equal(0, await rig.Retention.RunAsync());
        Assert.Equal(1, (await rig.Retention.DescribeAsync()).Cited);

        rig.Clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal(0, (await rig.Retention.DescribeAsync()).Cited);
        Assert.Equal(1, await rig.Retention.RunAsync());
        Assert.False(rig.HasFiles(1));
    }

    /// <summary>More years than there have been.</summary>
    [Fact]
    public async Task Run_ComparisonsCiteForEver_Stays()
    {
        rig.Options.KeepCited = TimeSpan.MaxValue;
        await rig.AddAsync(1, version: "7");
        await CompareAsync("7");
        rig.Clock.Advance(TimeSpan.FromDays(91));

        Assert.Equal(0, await rig.Retention.RunAsync());
        Assert.True(rig.HasFiles(1));
    }

    [Fact]
    public async Task Run_ExperimentsOfOneServiceCannotBeRead_KeepsItsCapturesAndLetsOthersGo()
    {
        await rig.AddAsync(1, service: "checkout");
        await rig.AddAsync(2, service: "cart");
        rig.ExperimentProblems["checkout"] = new InvalidOperationException("outer", StateDamage.Of("State experiments of serviceexperiments/checkout cannot be read."));
        rig.Clock.Advance(TimeSpan.FromDays(31));

        Assert.Equal(1, (await rig.Retention.DescribeAsync()).Cited);
        Assert.Equal(1, await rig.Retention.RunAsync());

        Assert.Equal((true, false), (rig.HasFiles(1), rig.HasFiles(2)));
        var line = Assert.Single(rig.CitationLog.Lines);
        Assert.Contains("checkout", line, StringComparison.Ordinal);

        rig.ExperimentProblems.Clear();
        Assert.Equal(1, await rig.Retention.RunAsync());
    }

    /// <summary>What a silo that is gone would have said is not known.</summary>
    [Fact]
    public async Task Run_ExperimentsOfOneServiceCannotBeAsked_DeletesNothing()
    {
        await rig.AddAsync(1, service: "checkout");
        await rig.AddAsync(2, service: "cart");
        rig.ExperimentProblems["checkout"] = new TimeoutException();
        rig.Clock.Advance(TimeSpan.FromDays(31));

        await Assert.ThrowsAsync<TimeoutException>(() => rig.Retention.RunAsync());

        Assert.Equal((true, true), (rig.HasFiles(1), rig.HasFiles(2)));
    }

    public void Dispose() => rig.Dispose();

    private Task CompareAsync(string version)
    {
        var now = rig.Clock.GetUtcNow();
        return rig.Comparisons.UpsertAsync(new Comparison
        {
            ComparisonId = "c",
            Service = "checkout",
            CreatedAt = now,
            Baseline = new ComparisonSide { Version = version, From = now.AddHours(-1), To = now.AddHours(1) },
            Candidate = new ComparisonSide { Version = "of nobody", From = now.AddHours(-1), To = now.AddHours(1) },
        });
    }
}

public sealed class CitationReaderOnSqliteTests() : CitationReaderTests(CatalogKind.Sqlite);

public sealed class CitationReaderOnPostgresTests() : CitationReaderTests(CatalogKind.Postgres);
