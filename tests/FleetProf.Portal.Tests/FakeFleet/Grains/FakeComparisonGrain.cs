using FleetProf.Contracts.Comparisons;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

internal sealed class FakeComparisonGrain(FakeWorld world) : Grain, IComparisonGrain
{
    public Task<Comparison?> CreateAsync(ComparisonRequest request)
    {
        if (!FakeInstances.Services.Contains(request.Service))
        {
            return Task.FromResult<Comparison?>(null);
        }

        var now = world.Clock.GetUtcNow();
        return Task.FromResult<Comparison?>(world.Comparisons.GetOrAdd(this.GetPrimaryKeyString(), id => new()
        {
            ComparisonId = id,
            Service = request.Service,
            Baseline = new() { Version = request.BaselineVersion ?? "1.0.0", From = request.BaselineFrom ?? now - TimeSpan.FromHours(1), To = request.BaselineTo ?? now - TimeSpan.FromMinutes(30) },
            Candidate = new() { Version = request.CandidateVersion ?? "1.1.0", From = request.CandidateFrom ?? now - TimeSpan.FromMinutes(30), To = request.CandidateTo ?? now },
            Verdict = request.DueAt > now ? ComparisonVerdict.Pending : request.Service == "checkout" ? ComparisonVerdict.Regressed : ComparisonVerdict.Pass,
            Sentence = "Made up.",
            CreatedAt = now,
            DueAt = request.DueAt ?? now,
            RequestedBy = request.RequestedBy,
            Environment = request.Environment,
        }));
    }

    public Task<Comparison?> GetAsync() => Task.FromResult(world.Comparisons.GetValueOrDefault(this.GetPrimaryKeyString()));
}
