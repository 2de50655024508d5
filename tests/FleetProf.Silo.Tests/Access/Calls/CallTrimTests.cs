using System.Reflection;
using System.Runtime.CompilerServices;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Access.Calls;
using FleetProf.Silo.Tests.Captures;
using Orleans.Serialization.Invocation;

namespace FleetProf.Silo.Tests.Access.Calls;

/// <summary>What callers who are limited to a service see of answers about several.</summary>
public sealed class CallTrimTests
{
    private static readonly Grants Limited = new() { Role = Role.Viewer, Services = ["checkout"] };

    /// <summary>Types of the answers, or of their rows, of all calls that name no service beforehand.</summary>
    public static TheoryData<string> Untold() => [.. CallRules.All
        .Where(rule => rule.Rule is { Subject: CallSubjectKind.None, NeedsAll: false } && rule.Rule.Needs != Permission.None && !Grants.IsOfAll(rule.Rule.Needs))
        .Select(rule => RowOf(MethodOf(rule.Interface, rule.Method)))
        .Where(row => row.GetProperty("Service")?.PropertyType == typeof(string)).Select(row => row.FullName!).Distinct()];

    [Theory]
    [MemberData(nameof(Untold))]
    public void Of_AnswerThatNamesAService_IsTheCallersAlone(string type)
    {
        var row = typeof(Grants).Assembly.GetType(type)!;
        var (own, foreign) = (Made(row, "checkout"), Made(row, "payroll"));
        var rows = Array.CreateInstance(row, 3);
        rows.SetValue(foreign, 0);
        rows.SetValue(own, 1);
        rows.SetValue(foreign, 2);

        Assert.Equal([own], ((System.Collections.IEnumerable)CallTrim.Of(rows, Limited, 10)!).Cast<object>());
        Assert.Same(own, CallTrim.Of(own, Limited, 10));
        if (Singles.Contains(row))
        {
            Assert.Null(CallTrim.Of(foreign, Limited, 10));
        }
    }

    [Fact]
    public void Untold_AreTheKnownTypes() => Assert.Equal(
        ["Capture", "CaptureHold", "Comparison", "Instance", "PauseHarm", "ServiceRow"], Untold().Select(row => row.Data.Split('.')[^1]).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("checkout", true)]
    [InlineData("payroll", false)]
    [InlineData("checkout payroll", false)]
    [InlineData("", false)]
    public void Of_Campaign_IsSeenWhenAllOfItsServicesAreTheCallers(string services, bool isSeen)
    {
        string[] list = services.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var row = new CampaignRow { CampaignId = "k", State = CampaignState.Running, CreatedAt = DateTimeOffset.UnixEpoch, Services = list };
        var campaign = new Campaign { CampaignId = "k", Spec = new CampaignSpec { Selector = new() { Services = list }, Kinds = [] }, State = CampaignState.Running, CreatedAt = DateTimeOffset.UnixEpoch };

        Assert.Equal(isSeen, ((IReadOnlyList<CampaignRow>)CallTrim.Of(new[] { row }, Limited, 10)!).Count == 1);
        Assert.Equal(isSeen, CallTrim.Of(campaign, Limited, 10) is not null);
        var creation = (CampaignCreation)CallTrim.Of(new CampaignCreation { Campaign = campaign }, Limited, 10)!;
        Assert.Equal((isSeen, !isSeen), (creation.Campaign is not null, creation.Problems.Count > 0));
    }

    [Fact]
    public void Of_HoldOfAllServices_IsSeenByEverybody()
    {
        var hold = new CaptureHold { Service = CaptureHold.EveryService, Reason = "r", PlacedBy = "p", PlacedAt = DateTimeOffset.UnixEpoch };

        Assert.Equal([hold], (IReadOnlyList<CaptureHold>)CallTrim.Of(new[] { hold }, Limited, 10)!);
    }

    [Fact]
    public void Of_MoreRowsThanTheCallerWanted_KeepsTheFirst()
    {
        var rows = Enumerable.Range(0, 5).Select(i => new CampaignRow { CampaignId = $"k{i}", State = CampaignState.Running, CreatedAt = DateTimeOffset.UnixEpoch, Services = ["checkout"] }).ToArray();

        Assert.Equal(rows[..2], (IReadOnlyList<CampaignRow>)CallTrim.Of(rows, Limited, 2)!);
    }

    [Fact]
    public void Widen_OfEveryCall_AsksForMoreOnlyWhereTheAnswerIsCutBackToWhatWasWanted()
    {
        var widened = new List<string>();
        foreach (var (type, name, _) in CallRules.All)
        {
            var method = MethodOf(type, name);
            object?[] wanted = [.. method.GetParameters().Select(WantedOf)];
            object?[] asked = [.. wanted];
            var limit = CallTrim.Widen(RequestOf(asked), method);
            if (asked.SequenceEqual(wanted))
            {
                continue;
            }

            widened.Add($"{type}.{name}");
            var rows = Array.CreateInstance(RowOf(method), Wanted + 1);
            for (var i = 0; i < rows.Length; i++)
            {
                rows.SetValue(Made(RowOf(method), "checkout"), i);
            }

            Assert.Equal(Wanted, limit);
            Assert.True(Wanted == ((System.Collections.IEnumerable)CallTrim.Of(rows, Limited, limit)!).Cast<object>().Count(), $"{type}.{name} answers with more than was wanted.");
        }

        Assert.Equal(
            [
                "ICampaignQueryGrain.ListAsync", "ICaptureQueryGrain.ListAsync", "IComparisonQueryGrain.ListAsync", "IFleetQueryGrain.ListDeploysAsync",
                "IFleetQueryGrain.ListDeploysBetweenAsync", "IFleetQueryGrain.ListInstancesAsync", "IGcPauseQueryGrain.ListHarmAsync",
            ],
            widened.Order(StringComparer.Ordinal));
    }

    private const int Wanted = 8;

    private static object? WantedOf(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(int) ? Wanted
        : parameter.ParameterType == typeof(CaptureFilter) ? new CaptureFilter { Limit = Wanted }
        : parameter.ParameterType == typeof(InstanceFilter) ? new InstanceFilter { Limit = Wanted }
        : null;

    private static IInvokable RequestOf(object?[] arguments) => Fake.Of<IInvokable>(
        (nameof(IInvokable.GetArgumentCount), _ => arguments.Length),
        (nameof(IInvokable.GetArgument), args => arguments[(int)args[0]!]),
        (nameof(IInvokable.SetArgument), args => arguments[(int)args[0]!] = args[1]));

    private static readonly HashSet<Type> Singles = [.. CallRules.All.Select(rule => MethodOf(rule.Interface, rule.Method).ReturnType.GenericTypeArguments.FirstOrDefault() ?? typeof(void))];

    private static MethodInfo MethodOf(string type, string method) => typeof(Grants).Assembly.GetTypes().Single(candidate => candidate.IsInterface && candidate.Name == type).GetMethod(method)!;

    private static Type RowOf(MethodInfo method)
    {
        var answer = method.ReturnType.GenericTypeArguments.FirstOrDefault() ?? typeof(void);
        return answer.IsGenericType && answer.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? answer.GenericTypeArguments[0] : answer;
    }

    private static object Made(Type type, string service)
    {
        var made = RuntimeHelpers.GetUninitializedObject(type);
        var ofOne = type.GetProperty("Service");
        (ofOne ?? type.GetProperty("Services")!).SetValue(made, ofOne is null ? new[] { service } : service);
        return made;
    }
}
