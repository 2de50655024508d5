using System.Reflection;
using System.Security.Authentication;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.Heaps;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Calls;

namespace FleetProf.Silo.Tests.Access.Calls;

/// <summary>
/// Every method of every grain, called for real from outside by every role, with and without a limit to a service. One silo for all tests but the one that
/// does everything that can be done: each looks at what came since it began, or at what nobody else makes.
/// </summary>
[Trait("Ring", "process")]
public sealed class CallMatrixTests(CalledSilo called) : IClassFixture<CalledSilo>
{
    private const string Own = "checkout";
    private const string Foreign = "payroll";
    private const string Audited = "billing";

    /// <summary>Only silos call these.</summary>
    private static readonly string[] Inner =
    [
        "IAgentGrain.*", "IServiceBudgetGrain.*", "IServiceGrain.SeenAsync", "ICampaignGrain.ReportProgressAsync", "ICampaignGrain.ReportResultAsync", "ICampaignGrain.ReportAnalysisAsync",
        "ICampaignGrain.AgentAttachedAsync", "ICampaignGrain.ObeyHoldAsync", "ICampaignGrain.GetOneAsync",
    ];

    /// <summary>What each method needs, written down once more by hand: viewer, operator, admin, portal; "all" is closed to those limited to services.</summary>
    private static readonly Dictionary<string, string> Expected = new()
    {
        ["IAccessGrain.IssueLoginCodeAsync"] = "admin all portal", ["IAccessGrain.RedeemLoginCodeAsync"] = "portal", ["IAccessGrain.IssueApiTokenAsync"] = "portal", ["IAccessGrain.VerifyApiTokenAsync"] = "portal",
        ["IPeopleGrain.FindAsync"] = "portal", ["IPeopleGrain.CreateTokenAsync"] = "admin all", ["IPeopleGrain.ListAsync"] = "admin all", ["IPeopleGrain.RevokeAsync"] = "admin all",
        ["IPeopleGrain.OpenSessionAsync"] = "portal", ["IPeopleGrain.TurnAwayAsync"] = "portal", ["IPeopleGrain.IssueSetupCodeAsync"] = "admin all portal", ["IPeopleGrain.HasAccountAsync"] = "portal",
        ["IPeopleGrain.SetUpAsync"] = "portal", ["IPeopleGrain.ListAccountsAsync"] = "admin all", ["IPeopleGrain.RemoveAccountAsync"] = "admin all", ["IPeopleGrain.LogInAsync"] = "portal", ["IAuditGrain.ListAsync"] = "admin all", ["IAuditGrain.HeadAsync"] = "admin all",
        ["IAuditGrain.RecordRefusalAsync"] = "anybody", ["IEnrolmentGrain.DescribeAsync"] = "viewer all", ["IEnrolmentGrain.ListAgentsAsync"] = "viewer all", ["IEnrolmentGrain.ListSilentAgentsAsync"] = "viewer all", ["IEnrolmentGrain.ListTokensAsync"] = "admin all",
        ["IEnrolmentGrain.CreateTokenAsync"] = "admin all", ["IEnrolmentGrain.RevokeTokenAsync"] = "admin all", ["IEnrolmentGrain.ApproveAgentAsync"] = "admin all", ["IEnrolmentGrain.RevokeAgentAsync"] = "admin all",
        ["IEnrolmentGrain.RotateRootAsync"] = "admin all", ["IEnrolmentGrain.ChangeRootAsync"] = "admin all", ["IFleetQueryGrain.GetChangesAsync"] = "viewer all portal", ["IServiceGrain.AnnounceDeployAsync"] = "operator", ["ICampaignGrain.CreateAsync"] = "operator",
        ["ICampaignGrain.GetAsync"] = "viewer portal", ["ICampaignGrain.StopAsync"] = "operator", ["ICampaignGrain.StopTargetAsync"] = "operator", ["IComparisonGrain.CreateAsync"] = "operator",
        ["IServiceExperimentsGrain.StartAsync"] = "operator", ["IHoldGrain.PlaceAsync"] = "admin all", ["IHoldGrain.LiftAsync"] = "admin all", ["IHoldGrain.TripAsync"] = "operator", ["IStorageGrain.DescribeAsync"] = "viewer all", ["IStorageGrain.PinAsync"] = "operator", ["IStorageGrain.UnpinAsync"] = "operator",
    };

    private IClusterClient Grains { get; set; } = called.Grains;

    [Fact]
    public async Task Call_OfEveryMethodByEveryRole_IsAllowedAsTheTableSays()
    {
        await using var alone = new CalledSilo();
        await alone.InitializeAsync();
        Grains = alone.Grains;
        var callers = await CallersAsync();
        var wrong = new List<string>();
        var cells = 0;
        foreach (var method in Methods().Where(method => method.Name is not nameof(IPeopleGrain.LogOutAsync)))
        {
            foreach (var (name, (credential, grants)) in callers)
            {
                foreach (var service in new[] { Own, Foreign })
                {
                    cells++;
                    var refusal = await RefusalAsync(method, credential, service);
                    var expected = ExpectedOf(method, credential, grants, service);
                    if (refusal is null != expected)
                    {
                        wrong.Add($"{Name(method)} about {service} by {name}: {refusal?.Message ?? "allowed"}");
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(cells > 800, $"{cells} cells");
    }

    [Fact]
    public void Methods_OfAllGrains_AreInTheTableOrForSilosAlone()
    {
        var listed = CallRules.All.Select(rule => $"{rule.Interface}.{rule.Method}").ToHashSet();

        Assert.All(Methods(), method => Assert.True(listed.Contains(Name(method)) != IsInner(method), $"{Name(method)} is in neither table, or in both"));
        Assert.All(listed, name => Assert.Contains(name, Methods().Select(Name)));
        Assert.All(CallRules.All.Where(rule => rule.Rule.Needs != Permission.See || rule.Rule.NeedsAll), rule => Assert.True(
            Expected.ContainsKey($"{rule.Interface}.{rule.Method}") || rule.Method == nameof(IPeopleGrain.LogOutAsync), $"{rule.Interface}.{rule.Method} has no line of its own"));
    }

    [Fact]
    public async Task Token_RevokedInTheMiddle_IsRefusedFromTheNextCallOn()
    {
        var admin = await OutsideCaller.AdminAsync(Grains);
        var token = await TokenAsync(admin, Role.Operator, Grants.AllServices);
        OutsideCaller.As(token);
        await Grains.GetGrain<IFleetQueryGrain>(0).ListServicesAsync();
        OutsideCaller.As(admin);
        Assert.True(await Grains.GetGrain<IPeopleGrain>(0).RevokeAsync(token));

        OutsideCaller.As(token);
        await Assert.ThrowsAsync<AuthenticationException>(() => Grains.GetGrain<IFleetQueryGrain>(0).ListServicesAsync());
    }

    [Fact]
    public async Task Call_ThatItsCallerGivesUp_IsNoRefusalInTheAuditLog()
    {
        var admin = await OutsideCaller.AdminAsync(Grains);
        OutsideCaller.As(admin);
        var fleet = Grains.GetGrain<IFleetQueryGrain>(0);
        var before = await DeniedAsync();
        // All may have their answers before they are given up, where this thread has to wait for its turn.
        for (var tries = 1; !await GiveUpAsync(fleet); tries++)
        {
            Assert.True(tries < 50, "No call was given up before it was answered.");
        }

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => fleet.ListServicesAsync()));

        Assert.Equal(before, await DeniedAsync());
    }

    [Fact]
    public async Task Audit_OfAllowedAndDeniedActions_IsOneChainThatNamesThem()
    {
        var admin = await OutsideCaller.AdminAsync(Grains);
        var limited = await TokenAsync(admin, Role.Operator, Audited);
        OutsideCaller.As(limited);
        await Grains.GetGrain<IServiceGrain>(Audited).AnnounceDeployAsync(Deploy(Audited));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Grains.GetGrain<IServiceGrain>(Foreign).AnnounceDeployAsync(Deploy(Foreign)));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Grains.GetGrain<IPeopleGrain>(0).CreateTokenAsync(new ApiTokenRequest { Name = "more", Role = Role.Admin }));
        OutsideCaller.As(admin);

        var rows = await Grains.GetGrain<IAuditGrain>(0).ListAsync(new AuditQuery { OldestFirst = true, Limit = 1_000 });

        Assert.Contains(rows, row => row is { Action: "token.create", Decision: AuditDecision.Allowed } && row.Target == limited && row.CredentialId == admin
            && row.Services == Audited && row.Reason == $"'{Role.Operator} {Audited}' for 1 days, operator");
        Assert.Contains(rows, row => row is { Action: "deploy.announce", Target: Audited, Decision: AuditDecision.Allowed, Role: Role.Operator, Address: "10.0.0.7" } && row.CredentialId == limited);
        Assert.Contains(rows, row => row is { Action: "deploy.announce", Target: Foreign, Decision: AuditDecision.Denied } && row.CredentialId == limited);
        Assert.Contains(rows, row => row is { Action: "token.create", Decision: AuditDecision.Denied } && row.CredentialId == limited);
        Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.Null(AuditChain.ProblemOf(pair.First, pair.Second)));
    }

    [Fact]
    public async Task Heap_Read_IsInTheLogOnceAMinute()
    {
        OutsideCaller.As(await OutsideCaller.AdminAsync(Grains));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Grains.GetGrain<IHeapQueryGrain>(0).GrowthAsync(new() { Service = Audited, From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.UnixEpoch.AddDays(1) })));
        // A second minute may have begun meanwhile.
        var rows = await Grains.GetGrain<IAuditGrain>(0).ListAsync(new AuditQuery { Action = "artifact.read", Decision = AuditDecision.Allowed });
        Assert.InRange(rows.Count(row => row is { Target: Audited, Services: Audited }), 1, 2);
    }

    [Fact]
    public async Task Token_ThatNobodyKnows_IsInTheLogAFewTimesAMinute()
    {
        var admin = await OutsideCaller.AdminAsync(Grains);
        var before = (await TokenUsesAsync(admin)).Count;
        for (var i = 0; i < 50; i++)
        {
            OutsideCaller.AsPortal();
            Assert.Null(await Grains.GetGrain<IAccessGrain>("local").VerifyApiTokenAsync($"fpp_guess-{i}"));
        }

        var rows = (await TokenUsesAsync(admin)).Skip(before).ToList();

        // A second minute may have begun meanwhile.
        Assert.InRange(rows.Count, RefusalBudget.RowsPerAddress, 2 * RefusalBudget.RowsPerAddress);
        Assert.All(rows, row => Assert.Equal((AuditDecision.Denied, ""), (row.Decision, row.Actor)));
        Assert.All(rows, row => Assert.StartsWith("The API token is unknown.", row.Reason, StringComparison.Ordinal));
        Assert.All(rows, row => Assert.DoesNotContain("guess", row.ToString(), StringComparison.Ordinal));
    }

    /// <summary>A portal that lost its silos asks so, several times a second, whether one answers.</summary>
    [Fact]
    public async Task Token_Empty_IsNoAttempt()
    {
        var admin = await OutsideCaller.AdminAsync(Grains);
        var before = (await TokenUsesAsync(admin)).Count;
        OutsideCaller.AsPortal();
        Assert.Null(await Grains.GetGrain<IAccessGrain>("local").VerifyApiTokenAsync(""));

        Assert.Equal(before, (await TokenUsesAsync(admin)).Count);
    }

    [Fact]
    public async Task Token_ThatHasEnded_IsInTheLogAFewTimesAnHour()
    {
        var admin = await OutsideCaller.AdminAsync(Grains);
        var before = (await TokenUsesAsync(admin)).Count;
        OutsideCaller.As(admin);
        var made = await Grains.GetGrain<IPeopleGrain>(0).CreateTokenAsync(new ApiTokenRequest { Name = "forgotten", Role = Role.Viewer, Services = [Own], LifeDays = 1 });
        Assert.True(await Grains.GetGrain<IPeopleGrain>(0).RevokeAsync(made.TokenId));
        for (var i = 0; i < 50; i++)
        {
            OutsideCaller.AsPortal();
            Assert.Null(await Grains.GetGrain<IAccessGrain>("local").VerifyApiTokenAsync(made.Token));
        }

        var rows = (await TokenUsesAsync(admin)).Skip(before).ToList();

        Assert.Equal(RefusalBudget.RowsPerAddress, rows.Count);
        Assert.All(rows, row => Assert.Equal((AuditDecision.Denied, "forgotten", "The API token was revoked."), (row.Decision, row.Actor, row.Reason)));
    }

    [Fact]
    public async Task Provider_AnswersThatAreNotGood_AreInTheLogAFewTimesAMinuteAndPeopleWithoutAGroupAlways()
    {
        var admin = await OutsideCaller.AdminAsync(Grains);
        for (var i = 0; i < 50; i++)
        {
            OutsideCaller.AsPortal();
            await Grains.GetGrain<IPeopleGrain>(0).TurnAwayAsync(i % 5 == 0 ? "ann" : "", "203.0.113.7", "Not good.");
        }

        OutsideCaller.As(admin);
        var rows = await Grains.GetGrain<IAuditGrain>(0).ListAsync(new AuditQuery { Action = "login.by-oidc" });

        // A second minute may have begun meanwhile.
        Assert.InRange(rows.Count(row => row.Actor.Length == 0), RefusalBudget.RowsPerAddress, 2 * RefusalBudget.RowsPerAddress);
        Assert.Equal(10, rows.Count(row => row.Actor == "ann"));
        Assert.All(rows, row => Assert.Equal(AuditDecision.Denied, row.Decision));
    }

    [Fact]
    public async Task Services_OutsideOfTheScope_AreInNoListAndUnknown()
    {
        var admin = await OutsideCaller.AdminAsync(Grains);
        var limited = await TokenAsync(admin, Role.Viewer, Own);
        OutsideCaller.As(admin);
        await Grains.GetGrain<IServiceGrain>(Own).AnnounceDeployAsync(Deploy(Own));
        await Grains.GetGrain<IServiceGrain>(Foreign).AnnounceDeployAsync(Deploy(Foreign));
        Assert.Equal([Own, Foreign], (await Grains.GetGrain<IFleetQueryGrain>(0).ListDeploysAsync(null, 10)).Select(deploy => deploy.Service).Where(service => service != Audited).Order(StringComparer.Ordinal));

        OutsideCaller.As(limited);
        Assert.Equal([Own], (await Grains.GetGrain<IFleetQueryGrain>(0).ListDeploysAsync(null, 10)).Select(deploy => deploy.Service));
        Assert.Null(await Grains.GetGrain<IFleetQueryGrain>(0).GetServiceAsync(Foreign));
        var foreign = await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Grains.GetGrain<IFleetQueryGrain>(0).ListDeploysAsync(Foreign, 10));
        var unknown = await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Grains.GetGrain<IFleetQueryGrain>(0).ListDeploysAsync("no such thing", 10));
        Assert.Equal(foreign.Message, unknown.Message);
    }

    [Fact]
    public async Task Calls_ManyAtOnceAboutOneKindOfThing_AllHaveAnswers()
    {
        OutsideCaller.As(await OutsideCaller.AdminAsync(Grains));
        var captures = Grains.GetGrain<ICaptureQueryGrain>(0);

        // More than a grain without state has places, each of which the gate before it must not need.
        var files = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => captures.ListFilesAsync($"made-up-{i}")));
        var campaigns = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Grains.GetGrain<ICampaignGrain>($"c{i % 3}").StopTargetAsync($"made-up-{i}", "")));

        Assert.All(files, Assert.Empty);
        Assert.All(campaigns, Assert.False);
    }

    [Fact]
    public async Task Call_WithoutIdentity_IsRefused()
    {
        RequestContext.Clear();

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Grains.GetGrain<IFleetQueryGrain>(0).ListServicesAsync());
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Grains.GetGrain<ICampaignGrain>("c1").StopAsync("nobody"));
    }

    /// <summary>Whether a call of many was given up before its answer came.</summary>
    private static async Task<bool> GiveUpAsync(IFleetQueryGrain fleet)
    {
        using var giveUp = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 100).Select(_ => fleet.ListServicesAsync(giveUp.Token)).ToList();
        await giveUp.CancelAsync();
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default);
        return calls.Any(call => call.IsCanceled);
    }

    /// <summary>Rows in the log of this silo.</summary>
    private async Task<int> DeniedAsync() => (await Grains.GetGrain<IAuditGrain>(0).ListAsync(new AuditQuery { Decision = AuditDecision.Denied, Limit = 1_000 })).Count;

    private async Task<IReadOnlyList<AuditEntry>> TokenUsesAsync(string admin)
    {
        OutsideCaller.As(admin);
        return await Grains.GetGrain<IAuditGrain>(0).ListAsync(new AuditQuery { Action = "token.use", OldestFirst = true, Limit = 1_000 });
    }

    private async Task<Dictionary<string, (string? Credential, Grants Grants)>> CallersAsync()
    {
        var admin = await OutsideCaller.AdminAsync(Grains);
        var callers = new Dictionary<string, (string?, Grants)>
        {
            ["nobody"] = (null, Grants.None), ["portal"] = (Caller.PortalCredential, Grants.None), ["a made-up session"] = ("0000000000000000", Grants.None), ["admin"] = (admin, Grants.Everything),
        };
        foreach (var (role, service) in new[] { (Role.Viewer, Grants.AllServices), (Role.Operator, Grants.AllServices), (Role.Viewer, Own), (Role.Operator, Own), (Role.Admin, Own) })
        {
            callers[$"{role} of {service}"] = (await TokenAsync(admin, role, service), new Grants { Role = role, Services = [service] });
        }

        return callers;
    }

    private async Task<string> TokenAsync(string admin, Role role, string service)
    {
        OutsideCaller.As(admin);
        var made = await Grains.GetGrain<IPeopleGrain>(0).CreateTokenAsync(new ApiTokenRequest { Name = $"{role} {service}", Role = role, Services = [service], LifeDays = 1 });
        Assert.Null(made.Problem);
        return made.TokenId;
    }

    private async Task<Exception?> RefusalAsync(MethodInfo method, string? credential, string service)
    {
        RequestContext.Clear();
        if (credential is not null)
        {
            OutsideCaller.As(credential);
        }

        var key = IdOf(method.DeclaringType!, service);
        try
        {
            await ((Task)method.Invoke(key, [.. method.GetParameters().Select(parameter => ArgumentOf(parameter, service))])!).WaitAsync(TimeSpan.FromSeconds(30));
            return null;
        }
        catch (Exception refusal) when (refusal is UnauthorizedAccessException or AuthenticationException)
        {
            return refusal;
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{Name(method)} about {service} by {credential} had no answer.", late);
        }
        catch (Exception)
        {
            // It was let in, and the grain could do nothing with made-up arguments.
            return null;
        }
    }

    private IGrain IdOf(Type type, string service) => typeof(IGrainWithIntegerKey).IsAssignableFrom(type)
        ? (IGrain)Grains.GetGrain(type, 0)
        : (IGrain)Grains.GetGrain(type, type == typeof(IServiceGrain) || type == typeof(IServiceExperimentsGrain) ? service : type == typeof(IAccessGrain) ? "local" : $"x{service}");

    private static object? ArgumentOf(ParameterInfo parameter, string service)
    {
        var type = parameter.ParameterType;
        return type == typeof(string) ? parameter.Name is "service" ? service : "made-up"
            : type == typeof(CampaignSpec) ? new CampaignSpec { Selector = new() { Services = [service] }, Kinds = [CaptureKind.Gcdump], SampleSize = 1 }
            : type == typeof(DeployAnnouncement) ? Deploy(service)
            : type == typeof(ApiTokenRequest) ? new ApiTokenRequest { Name = "made-up", LifeDays = 1 }
            : type == typeof(ComparisonRequest) ? new ComparisonRequest { Service = service }
            : type.IsValueType ? Activator.CreateInstance(type)
            : typeof(System.Collections.IEnumerable).IsAssignableFrom(type) ? Array.CreateInstance(type.GenericTypeArguments[0], 0)
            : Filled(type, service);
    }

    private static object? Filled(Type type, string service)
    {
        if (type.IsInterface)
        {
            return null;
        }

        var made = Activator.CreateInstance(type)!;
        type.GetProperty("Service")?.SetValue(made, service);
        return made;
    }

    private static DeployAnnouncement Deploy(string service) => new() { Service = service, Version = "2", StartedAt = DateTimeOffset.UnixEpoch.AddDays(20_000) };

    private static bool ExpectedOf(MethodInfo method, string? credential, Grants grants, string service)
    {
        if (IsInner(method))
        {
            return false;
        }

        var expected = Expected.GetValueOrDefault(Name(method), "viewer").Split(' ');
        if (expected.Contains("anybody"))
        {
            return true;
        }

        if (credential is null or "0000000000000000" or Caller.PortalCredential)
        {
            return credential == Caller.PortalCredential && expected.Contains("portal");
        }

        var role = expected[0] switch { "viewer" => Role.Viewer, "operator" => Role.Operator, "admin" => Role.Admin, _ => (Role)99 };
        return grants.Role >= role && (grants.CoversAll || (!expected.Contains("all") && (service == Own || !IsAboutAService(method))));
    }

    /// <summary>Its arguments or its key name a service; ids of captures, campaigns and comparisons that are not visible are unknown, not refused.</summary>
    private static bool IsAboutAService(MethodInfo method) =>
        method.DeclaringType == typeof(IServiceGrain) || method.DeclaringType == typeof(IServiceExperimentsGrain)
        || (Name(method) is not "IFleetQueryGrain.GetServiceAsync" && method.GetParameters().Any(parameter => parameter.Name == "service" || parameter.ParameterType == typeof(CampaignSpec) || parameter.ParameterType.GetProperty("Service") is not null));

    private static bool IsInner(MethodInfo method) => Inner.Any(inner => inner == Name(method) || inner == $"{method.DeclaringType!.Name}.*");

    private static IEnumerable<MethodInfo> Methods() => typeof(IAccessGrain).Assembly.GetTypes()
        .Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type))
        .SelectMany(type => type.GetMethods());

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";
}
