using System.Diagnostics.Metrics;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Tests.Access.Certificates;

public sealed class AuthorityWatchTests : IDisposable
{
    private readonly AuthorityRig rig = new();
    private readonly RecordedLog<AuthorityWatch> log = new();
    private readonly AuthorityWatch watch;

    public AuthorityWatchTests() => watch = new(rig.Authority, new AccessLog(NullLogger<AccessLog>.Instance, rig.Clock), Options.Create(rig.Options), rig.Clock, log);

    private string Roots => Path.Combine(rig.Folder, "roots");

    public void Dispose()
    {
        watch.Dispose();
        rig.Dispose();
    }

    [Fact]
    public void Look_IssuerNearItsEndWithoutTheRootsKey_IsToldEveryDayUntilTheKeyIsBack()
    {
        var key = Assert.Single(Directory.GetFiles(Roots, "*.key"));
        File.Move(key, $"{key}.away");
        LookAfter(270);
        Assert.Empty(log.Lines);

        LookAfter(10);
        LookAfter(0);
        var ends = Assert.Single(log.Lines);
        LookAfter(1);
        Assert.Equal(2, log.Lines.Count);
        LookAfter(90);
        Assert.Contains(" ended at 2027-11-26 09:00:00Z", log.Lines[^1], StringComparison.Ordinal);
        File.Move($"{key}.away", key);
        LookAfter(1);

        Assert.Contains(" ends at 2027-11-26 09:00:00Z", ends, StringComparison.Ordinal);
        Assert.Contains($"the root's key is in {Roots}: put it back", ends, StringComparison.Ordinal);
        Assert.Equal(3, log.Lines.Count);
        Assert.True(rig.Authority.Keys.Issuer.NotAfter.ToUniversalTime() > rig.Clock.GetUtcNow().UtcDateTime.AddDays(364));
    }

    [Fact]
    public void Gauge_OfTheIssuer_ShowsTheSecondsThatAreLeft()
    {
        var seconds = new List<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter == watch.Meter && instrument.Name == "fleetprof.authority.issuer.remaining")
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, measured, _, _) => seconds.Add(measured));
        listener.Start();

        listener.RecordObservableInstruments();
        rig.Clock.Advance(TimeSpan.FromDays(366));
        listener.RecordObservableInstruments();

        Assert.Equal((2, TimeSpan.FromDays(365).TotalSeconds, TimeSpan.FromDays(-1).TotalSeconds), (seconds.Count, seconds[0], seconds[1]));
    }

    private void LookAfter(int days)
    {
        rig.Clock.Advance(TimeSpan.FromDays(days));
        watch.Look();
    }
}
