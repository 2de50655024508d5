using Dapper;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.GcPauses;
using FleetProf.Silo.GcPauses.Export;
using FleetProf.Silo.GcPauses.Otlp;
using FleetProf.Silo.Tests.GcPauses.Export;
using FleetProf.Silo.Tests.GcPauses.Otlp;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Comparisons;

/// <summary>The gauge of a silo that decides nothing itself; rows of the catalog are what another one has decided.</summary>
public sealed class VerdictGaugeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider clock = new();
    private readonly TemporaryCatalog catalog = new();
    private readonly VerdictGauge gauge;

    public VerdictGaugeTests() => gauge = new VerdictGauge(Table, clock, NullLogger<VerdictGauge>.Instance);

    private ComparisonTable Table => new(catalog.Database);

    [Fact]
    public async Task Verdict_OfAnotherSilo_ReplacesTheOneThatIsShown()
    {
        await Table.UpsertAsync(Decided("one", ComparisonVerdict.Pass, Noon));
        await gauge.StartAsync(CancellationToken.None);
        Assert.Equal((0, "1.1"), Measured());
        await Table.UpsertAsync(Decided("two", ComparisonVerdict.Regressed, Noon.AddHours(1)));

        var since = TimeProvider.System.GetTimestamp();
        while (Measured()?.Verdict != 1)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, $"{Measured()} is still shown.");
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await gauge.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Refresh_ThatFails_LeavesWhatIsShownToTheNext()
    {
        gauge.Show(Decided("one", ComparisonVerdict.Regressed, Noon));
        await RenameAsync("comparisons", "away");

        await gauge.RefreshAsync(CancellationToken.None);

        Assert.Equal((1, "1.1"), Measured());
        await RenameAsync("away", "comparisons");
        await gauge.RefreshAsync(CancellationToken.None);

        // The catalog has no such service.
        Assert.Null(Measured());
    }

    [Fact]
    public async Task Refresh_WhileOneIsDecided_KeepsIt()
    {
        var refresh = gauge.RefreshAsync(CancellationToken.None);
        gauge.Show(Decided("one", ComparisonVerdict.Regressed, Noon));

        await refresh;

        Assert.Equal((1, "1.1"), Measured());
    }

    /// <summary>A gate that reads the verdict of the deploy before lets this one pass.</summary>
    [Fact]
    public async Task Refresh_WhileTheNewestDeployIsUndecided_ShowsNothing()
    {
        await Table.UpsertAsync(Decided("one", ComparisonVerdict.Pass, Noon));
        await Table.UpsertAsync(Undecided("two", Noon.AddHours(1)));

        await gauge.RefreshAsync(CancellationToken.None);

        Assert.Null(Measured());
        await Table.UpsertAsync(Decided("two", ComparisonVerdict.Inconclusive, Noon.AddHours(1)));
        await gauge.RefreshAsync(CancellationToken.None);
        Assert.Equal((2, "1.1"), Measured());
    }

    [Fact]
    public void Show_ADeployThatIsPlanned_HidesTheVerdictOfTheOneBefore()
    {
        gauge.Show(Decided("one", ComparisonVerdict.Pass, Noon));
        gauge.Show(Undecided("two", Noon.AddHours(1)));
        Assert.Null(Measured());

        // A late decision about the one before.
        gauge.Show(Decided("one", ComparisonVerdict.Pass, Noon));
        Assert.Null(Measured());
        gauge.Show(Decided("two", ComparisonVerdict.Regressed, Noon.AddHours(1)));
        Assert.Equal((1, "1.1"), Measured());
    }

    [Fact]
    public async Task Verdict_OfAComparisonThatSomebodyAskedFor_LeavesThatOfTheDeploy()
    {
        await Table.UpsertAsync(Decided("one", ComparisonVerdict.Pass, Noon));
        var asked = Decided("two", ComparisonVerdict.Regressed, Noon.AddHours(1)) with { DeployId = null };
        await Table.UpsertAsync(asked);
        await gauge.RefreshAsync(CancellationToken.None);

        gauge.Show(asked);

        Assert.Equal((0, "1.1"), Measured());
    }

    /// <summary>A gate of prod that finds the verdict of staging, or none, lets the regression go on.</summary>
    [Fact]
    public async Task Verdict_OfADeployElsewhere_LeavesTheOneHere()
    {
        await Table.UpsertAsync(Decided("one", ComparisonVerdict.Regressed, Noon));
        await Table.UpsertAsync(Undecided("two", Noon.AddHours(1)));
        await AddDeployAsync("d-one", "prod");
        await AddDeployAsync("d-two", "staging");

        await gauge.RefreshAsync(CancellationToken.None);

        Assert.Equal([("prod", 1)], gauge.Decided().Select(verdict => (verdict.Environment, verdict.Value)));
        gauge.Show(Decided("two", ComparisonVerdict.Pass, Noon.AddHours(1)) with { Environment = "staging" });
        Assert.Equal([("prod", 1), ("staging", 0)], gauge.Decided().Select(verdict => (verdict.Environment, verdict.Value)));
    }

    /// <summary>The metrics library keeps 250 combinations of labels of an instrument, and gives all later ones to one that names nobody.</summary>
    [Fact]
    public async Task Verdict_AfterThreeHundredDeploys_IsStillScraped()
    {
        for (var i = 0; i < 300; i++)
        {
            gauge.Show(Decided($"c{i}", ComparisonVerdict.Regressed, Noon.AddMinutes(i)) with { Service = $"shop{i}" });
        }

        foreach (var format in (string[])["text/plain", "application/openmetrics-text; version=1.0.0"])
        {
            var text = await SiloScrape.ReadAsync(new FleetExposition(Totals(), gauge), format);

            Assert.Contains("\nfleetprof_comparison_verdict{service_name=\"shop299\",service_version=\"1.1\",service=\"shop299\",version=\"1.1\"} 1\n", text, StringComparison.Ordinal);
            Assert.Equal(300, text.Split("\nfleetprof_comparison_verdict{").Length - 1);
        }
    }

    [Fact]
    public void Verdict_PushedByOtlp_HasTheNameAndLabelsOfMetrics()
    {
        gauge.Show(Decided("one", ComparisonVerdict.Regressed, Noon));
        gauge.Show(Decided("two", ComparisonVerdict.Pass, Noon) with { Environment = "prod" });
        gauge.Show(Undecided("three", Noon) with { Service = "cart" });

        var sent = SentMetrics.ToPrometheus(new FleetRequests(Totals(), clock, "host:11111", gauge).Create());

        Assert.Equal(2, sent.Count);
        const string Names = "service_name=\"shop\",service_version=\"1.1\",service=\"shop\"";
        Assert.Equal(1.0, sent[$"fleetprof_comparison_verdict{{{Names},version=\"1.1\"}}"]);
        Assert.Equal(0.0, sent[$"fleetprof_comparison_verdict{{{Names},environment=\"prod\",version=\"1.1\"}}"]);
    }

    /// <summary>A scrape by the Prometheus Operator puts a label "service" of its own over that of the metric.</summary>
    [Fact]
    public void Verdict_HasTheNamesOfTheFleetsOtherMetrics()
    {
        gauge.Show(Decided("one", ComparisonVerdict.Regressed, Noon) with { Environment = "prod" });

        var text = string.Concat(new FleetExposition(Totals(), gauge).Write(isOpenMetrics: false).Select(part => part.ToString()));
        var sent = SentMetrics.ToPrometheus(new FleetRequests(Totals(), clock, "host:11111", gauge).Create());

        Assert.Contains("\nfleetprof_comparison_verdict{service_name=\"shop\",service_version=\"1.1\",", text, StringComparison.Ordinal);
        Assert.StartsWith("fleetprof_comparison_verdict{service_name=\"shop\",service_version=\"1.1\",", Assert.Single(sent).Key, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        gauge.Dispose();
        catalog.Dispose();
    }

    private static Comparison Decided(string id, ComparisonVerdict verdict, DateTimeOffset at) => new()
    {
        ComparisonId = id,
        Service = "shop",
        Baseline = new ComparisonSide { Version = "1.0", From = at.AddHours(-2), To = at.AddHours(-1) },
        Candidate = new ComparisonSide { Version = "1.1", From = at.AddHours(-1), To = at },
        Verdict = verdict,
        DeployId = $"d-{id}",
        CreatedAt = at.AddHours(-1),
        DueAt = at,
        DecidedAt = at,
    };

    private static Comparison Undecided(string id, DateTimeOffset at) => Decided(id, ComparisonVerdict.Pending, at) with { DecidedAt = null };

    private Task AddDeployAsync(string deployId, string environment) => catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
        """
        INSERT INTO deploys (deploy_id, service, environment, version, previous_version, started_at, source, is_planned)
        VALUES (@deployId, 'shop', @environment, '1.1', '1.0', @at, 'agent', 1)
        """,
        new { deployId, environment, at = Noon.ToUnixTimeMilliseconds() },
        transaction));

    private Task RenameAsync(string from, string to) =>
        catalog.Database.WriteAsync((connection, transaction) => connection.Execute($"ALTER TABLE {from} RENAME TO {to}", transaction: transaction));

    private (int Verdict, string Version)? Measured() => gauge.Decided().SingleOrDefault(verdict => verdict.Service == "shop") is { } shown ? (shown.Value, shown.Version) : null;

    /// <summary>Of no service.</summary>
    private FleetTotals Totals() => new(Options.Create(new TrendOptions()), clock);
}
