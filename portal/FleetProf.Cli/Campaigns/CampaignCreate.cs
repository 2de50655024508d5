using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Campaigns;

/// <summary>The verb `campaign create`.</summary>
internal sealed class CampaignCreate
{
    private readonly Option<string[]> _services = new("--service", "-s") { Description = "Service to draw from; repeatable.", Required = true };
    private readonly Option<CaptureKind[]> _kinds = EnumOption.Many<CaptureKind>("--kind", "-k", "What to record; repeatable.");
    private readonly Option<string?> _version = new("--service-version") { Description = "Only instances of this version." };
    private readonly Option<string[]> _labels = new("--label") { Description = "Only instances with this label, as NAME=VALUE; repeatable." };
    private readonly Option<int?> _sample = new("--sample") { Description = "Instances to draw per service. Default: 1." };
    private readonly Option<double?> _fraction = new("--fraction") { Description = "Fraction of the instances of each service instead, above 0 to 1." };
    private readonly Option<int> _duration = new("--duration") { Description = "Seconds to record, 1 to 300.", DefaultValueFactory = _ => 10 };
    private readonly Option<int> _concurrent = new("--max-concurrent") { Description = "Captures at once per service.", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _deadline = new("--deadline") { Description = "Everything ends after this long.", DefaultValueFactory = _ => "1h" };
    private readonly Option<string?> _whenPauseOver = PauseOption.Create();
    private readonly Option<string?> _maxStall = StallOption.Create();
    private readonly Option<int?> _maxSize = SizeOption.Create();
    private readonly Option<string?> _cron = new("--cron") { Description = "Repeat: five fields, UTC." };
    private readonly Option<long?> _seed = new("--seed") { Description = "Seed of the draw, to repeat one." };
    private readonly Option<string> _name = new("--name") { Description = "For people.", DefaultValueFactory = _ => "" };
    private readonly Option<string> _reason = new("--reason") { Description = "Why; shown with every capture.", DefaultValueFactory = _ => "" };
    private readonly Option<string?> _key = KeyOption.Create();
    private readonly Option<bool> _preview = new("--preview") { Description = "Only show who could be drawn." };
    private readonly WaitOptions _wait = new();

    public static Command Create()
    {
        var create = new CampaignCreate();
        create._kinds.Required = true;
        return CliCommand.Create("create", "Draw instances of services and capture them.", create.All, create.RunAsync);
    }

    private IEnumerable<Symbol> All =>
    [
        _services, _kinds, _version, _labels, _sample, _fraction, _duration, _concurrent, _deadline, _whenPauseOver, _maxStall, _maxSize, _cron, _seed, _name, _reason, _key, _preview, .. _wait.All,
    ];

    private async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        using var server = context.Connect();
        var spec = SpecOf(context);
        if (context.Get(_preview))
        {
            return WritePreview(context, await server.PostAsync<CampaignPreview>("api/v1/campaigns/preview", spec, cancellationToken));
        }

        var key = KeyOption.KeyOf(context.Get(_key));
        var isWaiting = _wait.IsWanted(context) && spec.Cron is null;
        var timeout = _wait.Timeout(context, spec.Deadline);
        return await KeyedStart.RunAsync(context, key, "", () => server.PostAsync<Operation>("api/v1/campaigns", spec, cancellationToken, key), FollowAsync, cancellationToken);

        async Task<int> FollowAsync(Operation operation)
        {
            if (isWaiting)
            {
                operation = await CampaignWait.UntilOverAsync(context, server, operation, timeout, cancellationToken);
            }

            CampaignCommand.Write(context, await server.GetAsync<Campaign>($"api/v1/campaigns/{operation.OperationId}", cancellationToken));
            return isWaiting && operation.ReadyCount < operation.CaptureCount ? ExitCode.Partial : ExitCode.Success;
        }
    }

    private CampaignSpec SpecOf(CliContext context) => new()
    {
        Name = context.Get(_name)!,
        Selector = new()
        {
            Services = context.Get(_services)!,
            Version = context.Get(_version),
            Labels = LabelsOf(context.Get(_labels) ?? []),
        },
        Kinds = context.Get(_kinds)!,
        SampleSize = context.Get(_sample) ?? (context.Get(_fraction) is null ? 1 : null),
        SampleFraction = context.Get(_fraction),
        DurationSeconds = context.Get(_duration),
        MaxConcurrentPerService = context.Get(_concurrent),
        Deadline = TimeArgument.ParseDuration("--deadline", context.Get(_deadline)!),
        WhenPauseOverMs = PauseOption.MillisecondsOf(context.Get(_whenPauseOver)),
        MaxStallMs = StallOption.MillisecondsOf(context.Get(_maxStall)),
        MaxBytes = SizeOption.BytesOf(context.Get(_maxSize)) ?? CampaignSpec.DefaultMaxBytes,
        Cron = context.Get(_cron),
        Seed = context.Get(_seed),
        Reason = context.Get(_reason)!,
    };

    private static Dictionary<string, string> LabelsOf(string[] labels)
    {
        var parsed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in labels)
        {
            if (label.Split('=', 2) is not [{ Length: > 0 } name, var value])
            {
                throw new CommandFailedException(ExitCode.Usage, $"--label: '{label}' is not NAME=VALUE.");
            }

            parsed[name] = value;
        }

        return parsed;
    }

    private static int WritePreview(CliContext context, CampaignPreview preview)
    {
        ResultWriter.WriteOne(
            context,
            preview,
            new("population", row => row.PopulationSize),
            new("captures", row => row.CaptureCount),
            new("estimated time", row => row.EstimatedTime, row => row.EstimatedTime.ToString("c")));
        if (context.Output == OutputFormat.Table)
        {
            context.Console.Out.WriteLine();
            ResultWriter.WriteTable(
                context.Console,
                preview.Services,
                new("service", row => row.Service),
                new("instances", row => row.PopulationSize) { IsNumber = true },
                new("drawn", row => row.SampleSize) { IsNumber = true });
        }

        foreach (var problem in preview.Problems)
        {
            context.Console.Fail($"{problem.Field}: {problem.Message}");
        }

        return preview.Problems.Count == 0 ? ExitCode.Success : ExitCode.Usage;
    }
}
