using System.Diagnostics.Metrics;
using Dapper;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
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

    private Task RenameAsync(string from, string to) =>
        catalog.Database.WriteAsync((connection, transaction) => connection.Execute($"ALTER TABLE {from} RENAME TO {to}", transaction: transaction));

    private (int Verdict, string Version)? Measured()
    {
        (int, string)? value = null;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, gauge.Meter))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, measurement, tags, _) => value = tags[0].Value is "shop" ? (measurement, $"{tags[1].Value}") : value);
        listener.Start();
        listener.RecordObservableInstruments();
        return value;
    }
}
