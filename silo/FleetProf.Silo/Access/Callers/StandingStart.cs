using FleetProf.Silo.Access.Enrolment;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Callers;

/// <summary>Runs the watch where agents have certificates; elsewhere there is no authority that it could look at.</summary>
internal sealed class StandingStart(IOptions<EnrolmentOptions> options, IServiceProvider services) : IHostedService
{
    private StandingWatch? watch;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        watch = options.Value.IsOn ? services.GetRequiredService<StandingWatch>() : null;
        return watch?.StartAsync(cancellationToken) ?? Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => watch?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}
