using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Comparisons;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>What comparisons and experiments rest on: captures of their versions or instances, taken in the time that they look at.</summary>
internal sealed class Citations
{
    private readonly ILookup<(string Service, string Version), Span> versions;
    private readonly ILookup<string, Span> instances;
    private readonly IReadOnlySet<string> unreadable;

    /// <param name="comparisons">What each side of each comparison that still cites looks at.</param>
    /// <param name="experiments">Of the services with captures.</param>
    /// <param name="unreadable">Services whose experiments cannot be read: any of their captures may be cited.</param>
    /// <param name="now">Where an experiment is not decided, it looks on until now.</param>
    public Citations(IEnumerable<CitedVersion> comparisons, IEnumerable<Experiment> experiments, IReadOnlySet<string> unreadable, DateTimeOffset now)
    {
        this.unreadable = unreadable;
        versions = comparisons.ToLookup(side => (side.Service, side.Version), side => new Span(side.From, side.To));
        instances = experiments
            .SelectMany(experiment => experiment.BaselineInstances.Select(instance => (Instance: instance, Span: new Span(experiment.BaselineFrom, experiment.BaselineTo)))
                .Concat(experiment.ChangedInstances.Select(instance => (Instance: instance, Span: new Span(experiment.CreatedAt, experiment.DecidedAt ?? now)))))
            .ToLookup(cited => cited.Instance, cited => cited.Span);
    }

    /// <summary>Whether any of them looks at a time in which it may have been recorded: what an agent sends late was not recorded late.</summary>
    public bool Name(RetainedCapture capture)
    {
        var recorded = new Span(capture.StartedAt, capture.ReceivedAt);
        return unreadable.Contains(capture.Service) || versions[(capture.Service, capture.Version)].Any(recorded.Meets) || instances[capture.InstanceId].Any(recorded.Meets);
    }

    private readonly record struct Span(DateTimeOffset From, DateTimeOffset To)
    {
        public bool Meets(Span other) => From <= other.To && other.From <= To;
    }
}
