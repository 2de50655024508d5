using Bunit;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.GcPauses;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.GcPauses;

/// <summary>Somebody looks at the causes of a service, and then at one of its instances.</summary>
public sealed class CauseSectionTests : BunitContext
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private static readonly PauseCauses Known = new()
    {
        Service = "shop", From = Noon.AddHours(-1), To = Noon, Causes = [new() { Cause = PauseCause.Induced, PauseCount = 1, PauseMs = 5, PausePercent = 100 }],
    };

    /// <summary>Until then too.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Causes_OfARangeWhoseQuestionFails_AreNotThoseOfTheOneBefore(bool hasFailed)
    {
        var section = Open(query => query.InstanceId is null ? Task.FromResult(Known)
            : hasFailed ? Task.FromException<PauseCauses>(new TimeoutException()) : new TaskCompletionSource<PauseCauses>().Task);
        Assert.Single(section.FindAll(".cause-name"));

        section.Render(Choosing("one"));

        Assert.Empty(section.FindAll(".cause-name"));
        Assert.Equal(hasFailed ? 1 : 0, section.FindAll("[role=alert]").Count);
    }

    [Fact]
    public async Task Failure_OfTheChoiceBefore_IsNotPutOverTheFiguresOfThisOne()
    {
        var late = new TaskCompletionSource<PauseCauses>();
        var section = Open(query => query.InstanceId is null ? late.Task : Task.FromResult(Known));
        section.Render(Choosing("one"));

        await section.InvokeAsync(() => late.SetException(new TimeoutException()));

        Assert.Single(section.FindAll(".cause-name"));
        Assert.Empty(section.FindAll("[role=alert]"));
    }

    private static Action<ComponentParameterCollectionBuilder<CauseSection>> Choosing(string? instance) =>
        parameters => parameters.Add(section => section.Service, "shop").Add(section => section.State, new ServicePageState { Instance = instance });

    private IRenderedComponent<CauseSection> Open(Func<TrendQuery, Task<PauseCauses>> answer)
    {
        Services.AddSingleton(PlayedGrains.Cluster((_, arguments) => answer((TrendQuery)arguments[0]!)));
        Services.AddSingleton<TimeProvider>(new FakeTimeProvider(Noon));
        return Render<CauseSection>(Choosing(null));
    }
}
