using System.Diagnostics.Metrics;
using FleetProf.Silo.Hosting.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Hosting.Cluster;

public sealed class ClusterCertificateWatchTests : IDisposable
{
    private readonly ClusterFolders cluster = new();

    public void Dispose() => cluster.Dispose();

    [Fact]
    public void Gauge_OfASiloWithClusterTls_ShowsTheSecondsThatAreLeft()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(clock);
        services.AddClusterTls(cluster.Silo);
        using var provider = services.BuildServiceProvider();
        var watch = provider.GetServices<IHostedService>().OfType<ClusterCertificateWatch>().Single();
        var seconds = new List<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter == watch.Meter && instrument.Name == "fleetprof.cluster.certificate.remaining")
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, measured, _, _) => seconds.Add(measured));
        listener.Start();

        listener.RecordObservableInstruments();
        clock.Advance(TimeSpan.FromDays(91));
        listener.RecordObservableInstruments();

        Assert.Equal(2, seconds.Count);
        Assert.InRange(seconds[0], TimeSpan.FromDays(89).TotalSeconds, TimeSpan.FromDays(90).TotalSeconds);
        Assert.Equal(seconds[0] - TimeSpan.FromDays(91).TotalSeconds, seconds[1], 3);
    }
}
