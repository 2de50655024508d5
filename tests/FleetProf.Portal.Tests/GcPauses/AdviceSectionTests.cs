using System.Security.Cryptography;
using Bunit;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.GcPauses;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.GcPauses;

/// <summary>Somebody goes from the page of one service to that of another.</summary>
public sealed class AdviceSectionTests : BunitContext
{
    [Fact]
    public async Task Failure_OfTheServiceBefore_IsNotPutOverTheAdviceOnThisOne()
    {
        var late = new TaskCompletionSource<ServiceAdvice>();
        Services.AddSingleton(PlayedGrains.Cluster((method, arguments) => method switch
        {
            nameof(IGcPauseQueryGrain.GetAdviceAsync) => ((AdviceQuery)arguments[0]!).Service == "shop" ? late.Task : Task.FromResult(new ServiceAdvice { Service = "cart", From = default, To = default }),
            nameof(IServiceExperimentsGrain.ListAsync) => Task.FromResult<IReadOnlyList<Experiment>>([]),
            _ => throw new NotSupportedException(method),
        }));
        Services.AddSingleton<TimeProvider>(new FakeTimeProvider());
        Services.AddSingleton(new RunIds(TimeProvider.System, RandomNumberGenerator.Create()));
        AddAuthorization();
        var section = Render<AdviceSection>(parameters => parameters.Add(one => one.Service, "shop"));
        section.Render(parameters => parameters.Add(one => one.Service, "cart"));

        await section.InvokeAsync(() => late.SetException(new TimeoutException()));

        Assert.Contains("No instance is running.", section.Markup, StringComparison.Ordinal);
        Assert.Empty(section.FindAll("[role=alert]"));
    }
}
