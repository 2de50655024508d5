using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.Comparisons.Experiments;

namespace FleetProf.Silo.Tests.Comparisons.Experiments;

public sealed class ExperimentPlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 6, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_RuleThatAdvisesASettingToSomeInstancesOnly_IsAboutThose()
    {
        var without = Advice("crowded") with { Setting = "", Value = "", Predicted = [] };
        var with = Advice("roomy");

        var start = ExperimentPlan.Of(Request, Service(without, with), Noon);

        Assert.Equal("", start.Refusal);
        Assert.Equal(["roomy"], start.Experiment!.BaselineInstances);
    }

    [Fact]
    public void Of_RuleThatAdvisesSeveralValues_IsAboutTheOneThatIsAskedFor()
    {
        var service = Service(Advice("large") with { Predicted = [] }, Advice("small") with { Value = "500000" }, Advice("least") with { Value = "300000" });

        Assert.Equal(["least"], ExperimentPlan.Of(Request with { Value = "300000" }, service, Noon).Experiment!.BaselineInstances);
        Assert.Equal(["small"], ExperimentPlan.Of(Request, service, Noon).Experiment!.BaselineInstances);
        Assert.StartsWith("The rule hard-limit-near does not fire on shop now with the value 200000.", ExperimentPlan.Of(Request with { Value = "200000" }, service, Noon).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_RuleWithoutAnySetting_IsRefused()
    {
        var start = ExperimentPlan.Of(Request, Service(Advice("crowded") with { Setting = "", Value = "" }), Noon);

        Assert.Null(start.Experiment);
        Assert.StartsWith("hard-limit-near advises no value of a setting", start.Refusal, StringComparison.Ordinal);
    }

    private static ExperimentRequest Request => new() { ExperimentId = "one", Rule = "hard-limit-near", From = Noon.AddHours(-1), To = Noon };

    private static ServiceAdvice Service(params GcAdvice[] advice) => new() { Service = "shop", From = Noon.AddHours(-1), To = Noon, InstanceCount = 2, Advice = advice };

    private static GcAdvice Advice(string instance) => new()
    {
        Rule = "hard-limit-near", Instances = [instance], Observation = "", Figures = [], Change = "", Setting = "DOTNET_GCHeapHardLimit", Value = "1000000",
        Predicted = [new PredictedChange { Metric = "gc interval", Present = 10, Predicted = 20, Low = 18, High = 22 }], Risk = "", Experiment = "", Rollback = "",
    };
}
