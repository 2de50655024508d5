using System.Globalization;
using System.Text;
using FleetProf.Agent.Budgets;
using FleetProf.Agent.Collectors.Go;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Discovery.Procfs;
using FleetProf.Agent.Redaction;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Redaction;

/// <summary>Processes with secrets planted in their arguments and environments: none of them, nor six characters in a row of one, is in what is sent or logged.</summary>
public sealed class PlantedSecretTests(ITestOutputHelper output)
{
    private const int Cases = 12_000;
    private const int Piece = 6;
    private const int Seed = 20261126;
    private static readonly string[] Kept = ["service.version=1.2.3", "deployment.environment=production", "k8s.pod.name=shop-7d9f8"];

    [Fact]
    public void Secret_PlantedAnywhere_NeverLeaves()
    {
        var (random, counts, leaks) = (new Random(Seed), new SortedDictionary<string, int>(StringComparer.Ordinal), new List<string>());
        for (var i = 0; i < Cases; i++)
        {
            var words = new SecretWords(random);
            var (before, after) = (words.Any([.. HarmlessWords.All]), words.Any([.. HarmlessWords.All]));
            SecretPlace[] places = words.Perhaps(0.2) ? [SecretPlace.Of(words), SecretPlace.Of(words)] : [SecretPlace.Of(words)];
            string[] arguments = ["dotnet", "Shop.dll", .. before, .. places.SelectMany(place => place.Arguments), .. after];
            // A process that has written its own title.
            if (places is [{ Kind: "line" } title] && words.Perhaps(0.3)) arguments = [$"/opt/shop/{string.Join(' ', title.Arguments)}"];
            var (variables, hidden) = Environment(words);
            foreach (var place in places) counts[place.Kind] = counts.GetValueOrDefault(place.Kind) + 1;
            var sent = Sent(arguments, variables);
            foreach (var secret in places.SelectMany(place => place.Secrets).Concat(hidden))
                if (PieceOf(secret, sent) is { } piece)
                    leaks.Add($"'{piece}' of '{secret}' in {string.Join(" ⏐ ", arguments)} => {sent}");
            if (arguments.Length > 1 && CommandLineRedaction.Redact(arguments) is var line && !line.StartsWith($"dotnet Shop.dll {string.Join(' ', before)} ", StringComparison.Ordinal)) leaks.Add($"too much is hidden: {line}");
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Cases} processes, {counts.Values.Sum()} places of secrets in arguments ({string.Join(", ", counts.Select(count => $"{count.Key} {count.Value}"))}), as many environments; {leaks.Count} leaks"));
        Assert.True(leaks.Count == 0, $"{leaks.Count} leaks\n{string.Join('\n', leaks.Take(60))}");
    }

    [Fact]
    public void Arguments_WithoutSecrets_StayAsTheyAre()
    {
        var words = new SecretWords(new Random(Seed));
        for (var i = 0; i < Cases; i++)
        {
            string[] arguments = ["/usr/bin/dotnet", "exec", "/srv/shop/Shop.dll", .. Enumerable.Range(0, words.Number(0, 12)).SelectMany(_ => words.Any([.. HarmlessWords.All]))];
            Assert.Equal(string.Join(' ', arguments), CommandLineRedaction.Redact(arguments));
        }
    }

    /// <summary>A shell that waits, with whatever arguments and variables: the agent's own reading of /proc.</summary>
    [Fact]
    [Trait("Ring", "process")]
    public async Task Secret_OfARealProcess_IsNotInItsDescription()
    {
        var random = new Random(Seed);
        var host = HostIdentity.Read("none");
        for (var i = 0; i < 100; i++)
        {
            var words = new SecretWords(random);
            var place = SecretPlace.Of(words);
            var (variables, hidden) = Environment(words);
            var start = new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", "echo ready; read line", "shop", .. place.Arguments.Where(argument => !argument.Contains('\0', StringComparison.Ordinal))]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            foreach (var (name, value) in variables) start.Environment[name] = value;
            using var process = System.Diagnostics.Process.Start(start)!;
            await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            var described = GoProcess.Describe(ProcessStart.Read(process.Id)!.Value, new GoProgramRule { Program = "/bin/sh", PprofPort = 1 }, host);
            process.StandardInput.Close();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            var description = described!.Description;
            // A hash of numbers, which may hold six characters of a secret by chance.
            Assert.Matches("^[0-9a-f]{32}$", description.InstanceId);
            description.InstanceId = "";
            var sent = Everything(description);
            Assert.Contains("shop", sent, StringComparison.Ordinal);
            Assert.All(place.Secrets.Concat(hidden), secret => Assert.Null(PieceOf(secret, sent)));
        }
    }

    /// <summary>An environment as services have it, with secrets under telling and untelling names, and among the attributes that are read.</summary>
    private static (List<(string Name, string Value)> Variables, List<string> Hidden) Environment(SecretWords words)
    {
        var (variables, hidden) = (new List<(string, string)> { ("PATH", "/usr/bin"), ("DOTNET_gcServer", "1"), ("OTEL_SERVICE_NAME", "shop") }, new List<string>());
        for (var count = words.Number(1, 6); count > 0; count--)
        {
            var secret = words.Free();
            hidden.Add(secret);
            variables.Add((words.Any(words.UpperName().Replace('-', '_'), "STRIPE", "DATABASE_URL", "DOTNET_STARTUP_HOOKS", "FLEETPROF_TOKEN", "OTEL_EXPORTER_OTLP_HEADERS", "GOFLAGS", "DOTNET_gcX_SECRET"), secret));
        }
        var attribute = words.Plain();
        hidden.Add(attribute);
        variables.Add(("OTEL_RESOURCE_ATTRIBUTES", string.Join(',', [.. Kept, $"{words.Any("api.key", "team.token", "db.connection", "note")}={attribute}"])));
        return ([.. variables.DistinctBy(variable => variable.Item1)], hidden);
    }

    private static string Sent(string[] arguments, List<(string Name, string Value)> variables)
    {
        var environment = ProcessEnvironment.Parse(Encoding.UTF8.GetBytes(string.Concat(variables.Select(variable => $"{variable.Name}={variable.Value}\0"))));
        var attributes = ResourceAttributes.Parse(environment["OTEL_RESOURCE_ATTRIBUTES"]);
        var line = CommandLine.Parse(string.Concat(arguments.Select(argument => $"{argument}\0")));
        // Without an answer of the runtime the command line names the program.
        var identity = ServiceIdentity.Resolve(environment, attributes, line.LikelyEntryAssembly, () => null);
        var gc = GcConfiguration.Resolve(environment, null, new Version(10, 0), 4);
        var instance = new Instance
        {
            Service = identity.Service, Version = identity.Version, Environment = identity.Environment, ServiceInstance = identity.ServiceInstance, EntryAssembly = line.LikelyEntryAssembly,
            CommandLine = CommandLineRedaction.Redact(line.Arguments), GcMode = gc.Mode, Pod = attributes["k8s.pod.name"] ?? "", ContainerId = attributes["container.id"] ?? "",
        };
        foreach (var (name, value) in gc.Settings) instance.GcSettings[name] = value;
        foreach (var (name, value) in identity.Labels) instance.Labels[name] = value;
        return Everything(instance);
    }

    /// <summary>All texts of a message, and the lines that the agent logs of it.</summary>
    private static string Everything(Instance instance) => string.Join('\n',
    [
        instance.InstanceId, instance.Service, instance.Version, instance.Host, instance.Runtime, instance.EntryAssembly, instance.CommandLine, instance.ContainerId, instance.Pod, instance.ServiceInstance,
        instance.GcMode, instance.ProblemDetail, instance.Environment, .. instance.GcSettings.Concat(instance.Labels).Select(pair => $"{pair.Key}={pair.Value}"),
        $"Found {instance.Service} {instance.Version} (process {instance.Pid}, {instance.Runtime})",
    ]);

    private static string? PieceOf(string secret, string sent) =>
        Enumerable.Range(0, Math.Max(0, secret.Length - Piece + 1)).Select(start => secret.Substring(start, Piece)).FirstOrDefault(piece => sent.Contains(piece, StringComparison.Ordinal));
}
