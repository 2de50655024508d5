using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FleetProf.Architecture.Tests;

/// <summary>What hosts and clusters get: rights, limits, and settings that the programs really have. The chart is rendered by Go's own templates, as Helm does.</summary>
public sealed partial class PackagingTests
{
    private static readonly string[] AgentRights = ["DAC_OVERRIDE", "SYS_PTRACE"];

    [Fact]
    public async Task Chart_Agent_HasExactlyTheRightsThatItNeeds()
    {
        var agent = (await RenderAsync()).Single(document => Kind(document) == "DaemonSet").GetProperty("spec").GetProperty("template").GetProperty("spec");
        var security = agent.GetProperty("containers")[0].GetProperty("securityContext");

        Assert.True(agent.GetProperty("hostPID").GetBoolean());
        Assert.False(agent.GetProperty("automountServiceAccountToken").GetBoolean());
        Assert.Equal(AgentRights, security.GetProperty("capabilities").GetProperty("add").EnumerateArray().Select(right => right.GetString()).Order());
        Assert.Equal("ALL", Assert.Single(security.GetProperty("capabilities").GetProperty("drop").EnumerateArray()).GetString());
    }

    /// <summary>The engines' profile lets the agent look into no other container. API servers before 1.30 refuse the field, and those since then want no annotation.</summary>
    [Theory]
    [InlineData("v1.34.1", true)]
    [InlineData("v1.30.5-eks-ce1d5eb", true)]
    [InlineData("v1.29.10-gke.1006000", false)]
    [InlineData("v1.27.0", false)]
    public async Task Chart_Agent_IsNotConfinedByAppArmor(string kubernetes, bool hasField)
    {
        var pod = (await RenderAsync($"kubernetes={kubernetes}")).Single(document => Kind(document) == "DaemonSet").GetProperty("spec").GetProperty("template");
        var security = pod.GetProperty("spec").GetProperty("containers")[0].GetProperty("securityContext");
        var annotations = pod.GetProperty("metadata").GetProperty("annotations");

        Assert.Equal(hasField ? "Unconfined" : null, security.TryGetProperty("appArmorProfile", out var profile) ? profile.GetProperty("type").GetString() : null);
        Assert.Equal(hasField ? null : "unconfined", annotations.TryGetProperty("container.apparmor.security.beta.kubernetes.io/agent", out var named) ? named.GetString() : null);
        Assert.False(security.TryGetProperty("seLinuxOptions", out _));
    }

    [Fact]
    public async Task Chart_Agent_HasTheSeLinuxTypeAndTheAppArmorProfileThatAreSet()
    {
        string[] settings = ["agent.seLinuxOptions={type: spc_t}", "agent.appArmorProfile={type: Localhost, localhostProfile: reader}"];
        var pod = (await RenderAsync(settings)).Single(document => Kind(document) == "DaemonSet").GetProperty("spec").GetProperty("template");
        var older = (await RenderAsync([.. settings, "kubernetes=v1.28.4"])).Single(document => Kind(document) == "DaemonSet").GetProperty("spec").GetProperty("template");
        var security = pod.GetProperty("spec").GetProperty("containers")[0].GetProperty("securityContext");

        Assert.Equal("spc_t", security.GetProperty("seLinuxOptions").GetProperty("type").GetString());
        Assert.Equal("reader", security.GetProperty("appArmorProfile").GetProperty("localhostProfile").GetString());
        Assert.Equal("localhost/reader", older.GetProperty("metadata").GetProperty("annotations").GetProperty("container.apparmor.security.beta.kubernetes.io/agent").GetString());
    }

    /// <summary>The name of a pod is another after each update.</summary>
    [Fact]
    public async Task Chart_Agent_IsCalledByItsNode()
    {
        var agent = (await RenderAsync()).Single(document => Kind(document) == "DaemonSet").GetProperty("spec").GetProperty("template").GetProperty("spec").GetProperty("containers")[0];

        var name = agent.GetProperty("env").EnumerateArray().Single(variable => variable.GetProperty("name").GetString() == "FleetProf__Agent__HostName");

        Assert.Equal("spec.nodeName", name.GetProperty("valueFrom").GetProperty("fieldRef").GetProperty("fieldPath").GetString());
    }

    /// <summary>The bound on pods that are away stops an update only where a pod that keeps ending counts as away: it has no probe that would say so.</summary>
    [Fact]
    public async Task Chart_UpdateOfAgents_WaitsForEachToStayUp()
    {
        var agents = (await RenderAsync()).Single(document => Kind(document) == "DaemonSet").GetProperty("spec");

        Assert.Equal(30, agents.GetProperty("minReadySeconds").GetInt32());
        Assert.Equal("10%", agents.GetProperty("updateStrategy").GetProperty("rollingUpdate").GetProperty("maxUnavailable").GetString());
    }

    [Theory]
    [InlineData]
    [InlineData("silo.replicas=2", "silo.databaseSecret=db", "silo.shared=common", "portal.tlsSecret=tls", "portal.publicUrl=https://fleetprof.example", "portal.trustedProxies=[10.0.0.5]", "portal.oidcSecret=oidc", "agent.policy='{}'", "images.pullSecrets=[{name: x}]", "silo.env={A: 1}")]
    [InlineData("silo.replicas=2", "silo.databaseSecret=db", "silo.shared=common", "silo.s3={bucket: recordings, endpoint: 'https://s3.example', region: x, secret: s3}")]
    [InlineData("silo.enabled=false", "portal.enabled=false")]
    public async Task Chart_EveryContainer_IsClosedAndBounded(params string[] settings)
    {
        var containers = (await RenderAsync(settings)).Where(document => Kind(document) is "DaemonSet" or "StatefulSet" or "Deployment")
            .SelectMany(document => document.GetProperty("spec").GetProperty("template").GetProperty("spec").GetProperty("containers").EnumerateArray()).ToList();

        Assert.NotEmpty(containers);
        Assert.All(containers, container =>
        {
            var security = container.GetProperty("securityContext");
            Assert.False(security.GetProperty("allowPrivilegeEscalation").GetBoolean());
            Assert.True(security.GetProperty("readOnlyRootFilesystem").GetBoolean());
            Assert.NotEmpty(container.GetProperty("resources").GetProperty("limits").GetProperty("memory").GetString()!);
            Assert.All(container.GetProperty("env").EnumerateArray().Select(variable => variable.GetProperty("name").GetString()!), AssertKnown);
        });
    }

    [Fact]
    public async Task Chart_SeveralSilosWithoutADatabase_AreRefused() =>
        Assert.Contains("silo.databaseSecret", (await Assert.ThrowsAsync<InvalidOperationException>(() => RenderAsync("silo.replicas=2"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Chart_SeveralSilosWithoutASharedVolume_AreRefused() =>
        Assert.Contains("silo.shared", (await Assert.ThrowsAsync<InvalidOperationException>(() => RenderAsync("silo.replicas=2", "silo.databaseSecret=db"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Chart_SeveralSilos_AreOnDifferentNodesAndNotTakenAtOnce()
    {
        var several = await RenderAsync("silo.replicas=2", "silo.databaseSecret=db", "silo.shared=common");
        var budget = Assert.Single(several, document => Kind(document) == "PodDisruptionBudget").GetProperty("spec");
        var pod = several.Single(document => Kind(document) == "StatefulSet").GetProperty("spec").GetProperty("template");
        var term = pod.GetProperty("spec").GetProperty("affinity").GetProperty("podAntiAffinity").GetProperty("preferredDuringSchedulingIgnoredDuringExecution")[0].GetProperty("podAffinityTerm");
        var app = pod.GetProperty("metadata").GetProperty("labels").GetProperty("app").GetString();

        Assert.Equal(1, budget.GetProperty("maxUnavailable").GetInt32());
        Assert.Equal(app, budget.GetProperty("selector").GetProperty("matchLabels").GetProperty("app").GetString());
        Assert.Equal(("kubernetes.io/hostname", app), (term.GetProperty("topologyKey").GetString(), term.GetProperty("labelSelector").GetProperty("matchLabels").GetProperty("app").GetString()));
        // A single one could not be moved at all.
        Assert.DoesNotContain(await RenderAsync(), document => Kind(document) == "PodDisruptionBudget");
    }

    /// <summary>Silos with authorities of their own refuse each other's agents; with folders of their own for artifacts they lose each other's captures.</summary>
    [Theory]
    [InlineData(true, "silo.replicas=2", "silo.databaseSecret=db", "silo.shared=common")]
    [InlineData(true, "silo.shared=common")]
    [InlineData(false, "silo.replicas=2", "silo.databaseSecret=db", "silo.shared=common", "silo.s3={bucket: recordings, region: x, secret: s3}")]
    public async Task Chart_SharedVolume_HoldsTheAuthorityAndWithoutABucketTheArtifacts(bool holdsArtifacts, params string[] settings)
    {
        var pod = (await RenderAsync(settings)).Single(document => Kind(document) == "StatefulSet").GetProperty("spec").GetProperty("template").GetProperty("spec");
        var silo = pod.GetProperty("containers")[0];
        var variables = silo.GetProperty("env").EnumerateArray().Where(variable => variable.TryGetProperty("value", out _))
            .ToDictionary(variable => variable.GetProperty("name").GetString()!, variable => variable.GetProperty("value").GetString());
        var mount = silo.GetProperty("volumeMounts").EnumerateArray().Single(mount => mount.GetProperty("mountPath").GetString() == "/shared");
        var volume = pod.GetProperty("volumes").EnumerateArray().Single(volume => volume.GetProperty("name").GetString() == mount.GetProperty("name").GetString());

        Assert.Equal("common", volume.GetProperty("persistentVolumeClaim").GetProperty("claimName").GetString());
        Assert.Equal("/shared/authority", variables["FleetProf__Enrolment__AuthorityFolder"]);
        Assert.Equal(holdsArtifacts ? "/shared/artifacts" : null, variables.GetValueOrDefault("FleetProf__Silo__Artifacts"));
    }

    /// <summary>The first step of the guide's upgrade brings another chart and a new image for the silos alone: agents and portal must not restart.</summary>
    [Fact]
    public async Task Chart_AnotherVersionOfTheChart_LeavesPodsOfTheSameImagesAsTheyAre()
    {
        var (before, after) = (await RenderAsync("appVersion=0.1.0"), await RenderAsync("appVersion=9.9.9"));

        Assert.Equal(3, PodsOf(after).Count);
        Assert.Equal(PodsOf(before), PodsOf(after));
        Assert.Contains(after, document => document.GetRawText().Contains("9.9.9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chart_PortsThatAreReachedFromOutside_ShowTheAddressesOfHosts()
    {
        Assert.Contains(await RenderAsync("silo.service.type=LoadBalancer"), document => document.GetRawText().Contains("externalTrafficPolicy", StringComparison.Ordinal));
        Assert.DoesNotContain(await RenderAsync(), document => document.GetRawText().Contains("externalTrafficPolicy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chart_PortalsAddressAndProxies_AreToldToThePortalWhereTheyAreSet()
    {
        string[] names = ["FleetProf__Portal__PublicUrl", "FleetProf__Portal__TrustedProxies"];

        var set = VariablesOf((await RenderAsync("portal.publicUrl='https://fleetprof.example'", "portal.trustedProxies=[10.0.0.5, 10.244.7.0/24]")).Single(document => Kind(document) == "Deployment"));
        var usual = VariablesOf((await RenderAsync()).Single(document => Kind(document) == "Deployment"));

        Assert.Equal(["https://fleetprof.example", "10.0.0.5,10.244.7.0/24"], names.Select(name => set[name]));
        Assert.DoesNotContain(names, usual.ContainsKey);
    }

    /// <summary>Without an address the CLI there goes by the public one, which a pod often cannot reach or does not trust.</summary>
    [Fact]
    public async Task Guide_CommandsInThePortalsPod_NameTheAddressThatItListensOnThere()
    {
        var variables = VariablesOf((await RenderAsync("portal.publicUrl='https://fleetprof.example'")).Single(document => Kind(document) == "Deployment"));
        var address = variables["FleetProf__Portal__Listen"].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);

        var commands = Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "guides", "install.md")), @"exec deploy/fleetprof-portal -- fleetprof [^`>\n]*");

        Assert.Equal(2, commands.Count);
        Assert.All(commands.Select(command => command.Value), command => Assert.Contains($" --url {address} ", command, StringComparison.Ordinal));
    }

    /// <summary>Values of a chart are kept by Helm, and shown to whoever may see the release.</summary>
    [Fact]
    public async Task Chart_SecretOfTheOidcClient_ComesFromASecretAndFromNoValue()
    {
        const string Variable = "FleetProf__Portal__Oidc__ClientSecret";

        var set = (await RenderAsync("portal.oidcSecret=provider")).Single(document => Kind(document) == "Deployment");
        var usual = VariablesOf((await RenderAsync()).Single(document => Kind(document) == "Deployment"));

        var secret = set.GetProperty("spec").GetProperty("template").GetProperty("spec").GetProperty("containers")[0].GetProperty("env").EnumerateArray()
            .Single(variable => variable.GetProperty("name").GetString() == Variable);
        var reference = secret.GetProperty("valueFrom").GetProperty("secretKeyRef");
        Assert.Equal(("provider", "client-secret"), (reference.GetProperty("name").GetString(), reference.GetProperty("key").GetString()));
        Assert.False(secret.TryGetProperty("value", out _));
        Assert.DoesNotContain(Variable, usual.Keys);
        Assert.Contains(" ClientSecret { get;", File.ReadAllText(Path.Combine(Repository.Root, "portal", "FleetProf.Portal", "Hosting", "OidcOptions.cs")), StringComparison.Ordinal);
    }

    [Fact]
    public void Units_OfSystemd_AreClosedAndKnowTheirSettings()
    {
        var units = Directory.GetFiles(Repository.Root, "*.service", SearchOption.AllDirectories).Where(path => path.Contains("/systemd/", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal)).ToDictionary(path => Path.GetFileName(path), File.ReadAllText);

        Assert.Equal(["fleetprof-agent.service", "fleetprof-portal.service", "fleetprof-silo.service"], units.Keys.Order());
        Assert.All(units, unit =>
        {
            var rights = Rights().Match(unit.Value).Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(right => right["CAP_".Length..]).Order();
            Assert.Equal(unit.Key == "fleetprof-agent.service" ? AgentRights : [], rights);
            Assert.Contains("\nNoNewPrivileges=yes\n", unit.Value, StringComparison.Ordinal);
            Assert.Contains("\nProtectSystem=strict\n", unit.Value, StringComparison.Ordinal);
            Assert.Contains("\nSystemCallFilter=@system-service", unit.Value, StringComparison.Ordinal);
            Assert.Contains("\nSystemCallErrorNumber=EPERM\n", unit.Value, StringComparison.Ordinal);
            Assert.Matches("\nMemoryMax=\\d+[MG]\n", unit.Value);
            Assert.Matches("\nTasksMax=\\d+\n", unit.Value);
            Assert.All(Settings().Matches(unit.Value).Select(match => match.Value), AssertKnown);
        });
    }

    [Fact]
    public void Unit_OfTheSilo_AllowsTheNamespacesThatAnalyzersAreStartedIn()
    {
        var room = File.ReadAllText(Path.Combine(Repository.Root, "silo", "FleetProf.Silo", "Captures", "Analyses", "AnalyzerRoom.cs"));
        var unit = File.ReadAllText(Path.Combine(Repository.Root, "silo", "systemd", "fleetprof-silo.service"));

        var started = Namespaces().Matches(room).Select(match => match.Groups[1].Value.Replace("mount", "mnt", StringComparison.Ordinal)).Order();

        Assert.Equal(started, AllowedNamespaces().Match(unit).Groups[1].Value.Split(' ').Order());
    }

    /// <summary>Without one of them analyzers run with less isolation, or with none, and nothing but the log says so.</summary>
    [Fact]
    public void Unit_OfTheSilo_AllowsTheCallsThatAnalyzersHoldThemselvesWith()
    {
        var calls = File.ReadAllText(Path.Combine(Repository.Root, "silo", "FleetProf.Analyzer", "Confinement", "SystemCalls.cs"));
        var unit = File.ReadAllText(Path.Combine(Repository.Root, "silo", "systemd", "fleetprof-silo.service"));

        var filters = CallFilters().Matches(unit).Select(match => match.Groups[1].Value).ToList();
        var allowed = filters.SelectMany(line => line.Split(' ')).ToHashSet(StringComparer.Ordinal);
        var own = ConfiningCalls().Matches(calls).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.Equal(["landlock_add_rule", "landlock_create_ruleset", "landlock_restrict_self", "seccomp"], own.Order(StringComparer.Ordinal));
        // The programs before the analyzer mount and pivot; unshare, prctl and capset are of a service's usual calls.
        Assert.Empty(own.Append("@system-service").Append("@mount").Except(allowed));
        Assert.DoesNotContain(filters, line => line.StartsWith('~'));
    }

    /// <summary>An analyzer is in the silo's group: the kernel ends the one that takes too much, and systemd must not end the silo with it.</summary>
    [Fact]
    public void Unit_OfTheSilo_OutlivesAnAnalyzerThatTookTooMuchMemory() =>
        Assert.Contains("\nOOMPolicy=continue\n", File.ReadAllText(Path.Combine(Repository.Root, "silo", "systemd", "fleetprof-silo.service")), StringComparison.Ordinal);

    /// <summary>ProtectSystem=strict closes everything else; the portal must not reach the folder that holds the authority.</summary>
    [Theory]
    [InlineData("silo", "/srv/fleetprof", "FleetProf__Silo__Artifacts", "FleetProf__Enrolment__AuthorityFolder")]
    [InlineData("portal", "/srv/fleetprof-portal", "FleetProf__Portal__DataFolder")]
    public void Unit_OfEveryServer_WaitsForTheClockAndTheSharedFolderOfTheGuideAndMayWriteThere(string part, string folder, params string[] settings)
    {
        var unit = File.ReadAllText(Path.Combine(Repository.Root, part, "systemd", $"fleetprof-{part}.service"));
        var guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guides", "scale-out.md"));

        Assert.Equal([$"-{folder}"], Regex.Matches(unit, "^ReadWritePaths=(.*)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value));
        Assert.Contains($"\nRequiresMountsFor={folder}\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nAfter=network-online.target time-sync.target", unit, StringComparison.Ordinal);
        Assert.All(settings, setting => Assert.Matches($"{setting}={folder}[/`\n]", guide));
    }

    /// <summary>The guide unpacks the archive as it is, so that each program has the others where it looks for them.</summary>
    [Theory]
    [InlineData("agent", "FleetProf.Agent")]
    [InlineData("silo", "FleetProf.Silo")]
    [InlineData("portal", "FleetProf.Portal")]
    public void Unit_OfEveryPart_StartsTheProgramWhereTheUnpackedArchiveHasIt(string part, string program)
    {
        var publish = File.ReadAllText(Path.Combine(Repository.Root, "portal", "FleetProf.Cli", "publish.sh"));
        var unit = File.ReadAllText(Path.Combine(Repository.Root, part, "systemd", $"fleetprof-{part}.service"));
        var guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guides", "install.md"));

        var folder = Regex.Match(publish, $@"one_file {part}/{program} ""\$folder(/?[\w.]*)""(?: ""\$compiled"")?\n");

        Assert.True(folder.Success);
        Assert.Contains($"\nExecStart=/opt/fleetprof{folder.Groups[1].Value}/{program}\n", unit, StringComparison.Ordinal);
        Assert.Contains("\ntar -C /opt/fleetprof --strip-components 1 -xzf fleetprof-", guide, StringComparison.Ordinal);
        Assert.Contains("\nln -sf /opt/fleetprof/fleetprof /usr/local/bin/fleetprof\n", guide, StringComparison.Ordinal);
    }

    /// <summary>What was measured: without it the C library's heaps of a silo doubled within half an hour of captures (docs/measurements.md, Load), and what is freed stays in them.</summary>
    [Theory]
    [InlineData("agent")]
    [InlineData("silo")]
    [InlineData("portal")]
    public void UnitAndImage_OfEveryPart_LimitTheHeapsOfTheCLibrary(string part)
    {
        Assert.Contains("\nEnvironment=MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072\n", File.ReadAllText(Path.Combine(Repository.Root, part, "systemd", $"fleetprof-{part}.service")), StringComparison.Ordinal);
        Assert.Contains(" MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072", File.ReadAllText(Path.Combine(Repository.Root, part, "Dockerfile")), StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_Agents_HaveTheSameRightsAndKnownSettings()
    {
        var compose = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"));

        Assert.Contains($"cap_add: [{string.Join(", ", AgentRights.Order().Reverse())}]", compose, StringComparison.Ordinal);
        Assert.Contains("no-new-privileges:true", compose, StringComparison.Ordinal);
        Assert.Contains("\"apparmor:unconfined\"", compose, StringComparison.Ordinal);
        Assert.NotEmpty(Settings().Matches(compose));
        Assert.All(Settings().Matches(compose).Select(match => match.Value), AssertKnown);
    }

    /// <summary>Whoever takes over the portal, or an agent, must not find the authority's key, those of silos, or the artifact key.</summary>
    [Fact]
    public void Compose_OnlySilos_SeeTheFolderOfTheAuthority()
    {
        var compose = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"));
        var services = Regex.Split(compose[compose.IndexOf("\nservices:\n", StringComparison.Ordinal)..compose.IndexOf("\nnetworks:\n", StringComparison.Ordinal)], @"\n  (?=[\w-]+:\n)").Skip(1)
            .ToDictionary(service => service[..service.IndexOf(':', StringComparison.Ordinal)]);

        Assert.Equal(["certificates", "silo1", "silo2"], services.Where(service => service.Value.Contains("\"shared:", StringComparison.Ordinal)).Select(service => service.Key).Order());
        Assert.Contains("volumes: [\"portal:/data\", \"portal-tls:/tls:ro\"]", services["portal"], StringComparison.Ordinal);
        Assert.Contains("FleetProf__Portal__ClusterTls: /tls/portal\n", services["portal"], StringComparison.Ordinal);
        Assert.Contains("'portal portal /data'", services["certificates"], StringComparison.Ordinal);
        Assert.Contains("\"portal-tls:/data\"", services["certificates"], StringComparison.Ordinal);
    }

    /// <summary>What stays in a volume tells of a start before: whoever waits for it would begin too early when everything is started again.</summary>
    [Fact]
    public void Compose_SilosAndPortal_AreHealthyWhenTheyAreReady()
    {
        var checks = Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml")), "test: \\[\"CMD\".*GET /health/ready HTTP/1.0");

        Assert.Equal(2, checks.Count);
    }

    /// <summary>FleetProf__SECTION__NAME, or FleetProf__SECTION__PART__NAME, is a property of that section's options; other variables are not ours to know.</summary>
    private static void AssertKnown(string variable)
    {
        if (variable.Replace("Captures__S3", "S3", StringComparison.Ordinal).Split("__") is ["FleetProf", var section, var name, ..])
        {
            var (folder, options) = section switch
            {
                "Agent" => ("agent", "AgentOptions"),
                "Join" => ("agent", "JoinOptions"),
                "Silo" => ("silo", "SiloOptions"),
                "Captures" => ("silo", "CaptureOptions"),
                "S3" => ("silo", "S3Options"),
                "Enrolment" => ("silo", "EnrolmentOptions"),
                "Portal" => ("portal", "PortalOptions"),
                _ => throw new InvalidOperationException($"{variable}: {section} is no section."),
            };
            var source = File.ReadAllText(Directory.GetFiles(Path.Combine(Repository.Root, folder), $"{options}.cs", SearchOption.AllDirectories).Single());
            Assert.True(Regex.IsMatch(source, $@"public [\w<>?\[\], ]+ {name} {{ get;"), $"{variable}: {options} has no {name}.");
        }
    }

    private static Dictionary<string, string> VariablesOf(JsonElement deployment) =>
        deployment.GetProperty("spec").GetProperty("template").GetProperty("spec").GetProperty("containers")[0].GetProperty("env").EnumerateArray()
            .ToDictionary(variable => variable.GetProperty("name").GetString()!, variable => variable.GetProperty("value").GetString()!);

    private static List<string> PodsOf(IEnumerable<JsonElement> documents) =>
        [.. documents.Where(document => Kind(document) is "DaemonSet" or "StatefulSet" or "Deployment").Select(document => document.GetProperty("spec").GetProperty("template").GetRawText())];

    private static string Kind(JsonElement document) => document.GetProperty("kind").GetString()!;

    private static async Task<IReadOnlyList<JsonElement>> RenderAsync(params string[] settings)
    {
        var start = new ProcessStartInfo("go", ["run", Path.Combine(Repository.Root, "tests/helm/render.go"), Path.Combine(Repository.Root, "docs/helm/fleetprof"), .. settings])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        // Debian's Go libraries are sources below this folder; nothing is downloaded.
        (start.Environment["GO111MODULE"], start.Environment["GOPATH"]) = ("off", "/usr/share/gocode");
        using var go = Process.Start(start)!;
        var errors = go.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var lines = (await go.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await go.WaitForExitAsync(TestContext.Current.CancellationToken);
        return go.ExitCode == 0 ? [.. lines.Select(line => JsonDocument.Parse(line).RootElement)] : throw new InvalidOperationException(await errors);
    }

    [GeneratedRegex("^CapabilityBoundingSet=(.*)$", RegexOptions.Multiline)]
    private static partial Regex Rights();

    [GeneratedRegex("\"--(user|net|mount|ipc|uts|pid|cgroup|time)\"")]
    private static partial Regex Namespaces();

    [GeneratedRegex("^SystemCallFilter=(.*)$", RegexOptions.Multiline)]
    private static partial Regex CallFilters();

    [GeneratedRegex("new\\(\"(seccomp|landlock_\\w+)\"")]
    private static partial Regex ConfiningCalls();

    [GeneratedRegex("\nRestrictNamespaces=(.*)\n")]
    private static partial Regex AllowedNamespaces();

    [GeneratedRegex(@"FleetProf__\w+")]
    private static partial Regex Settings();
}
