using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Callers;

/// <summary>Runs the watches where agents have certificates; elsewhere there is no authority that they could look at.</summary>
internal sealed class StandingStart(IOptions<EnrolmentOptions> options, IServiceProvider services) : IHostedService
{
    private IHostedService[] watches = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        watches = options.Value.IsOn ? [services.GetRequiredService<StandingWatch>(), services.GetRequiredService<AuthorityWatch>()] : [];
        return Task.WhenAll(watches.Select(watch => watch.StartAsync(cancellationToken)));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(watches.Select(watch => watch.StopAsync(cancellationToken)));
}
