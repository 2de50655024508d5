using System.CommandLine;
using FleetProf.Cli.Campaigns;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Captures;

/// <summary>The verb `capture SERVICE`.</summary>
internal static class CaptureCommand
{
    public static Command Create()
    {
        var service = new Argument<string?>("service") { Description = "Service to capture an instance of.", DefaultValueFactory = _ => null };
        var instance = new Option<string?>("--instance") { Description = "This instance instead of any of a service." };
        var kind = EnumOption.Of<CaptureKind>("--kind", "-k", "What to record.");
        kind.Required = true;
        var duration = new Option<int>("--duration") { Description = "Seconds to record, 1 to 300.", DefaultValueFactory = _ => 10 };
        var whenPauseOver = PauseOption.Create();
        var maxStall = StallOption.Create();
        var maxSize = SizeOption.Create();
        var deadline = new Option<string>("--deadline") { Description = "Everything ends after this long.", DefaultValueFactory = _ => "1h" };
        var reason = new Option<string>("--reason") { Description = "Why; shown with the capture.", DefaultValueFactory = _ => "" };
        var idempotencyKey = KeyOption.Create();
        var wait = new WaitOptions();
        return CliCommand.Create("capture", "Capture one process.", [service, instance, kind, duration, whenPauseOver, maxStall, maxSize, deadline, reason, idempotencyKey, .. wait.All], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var body = new
            {
                service = context.Get(service),
                instanceId = context.Get(instance),
                kind = context.Get(kind),
                durationSeconds = context.Get(duration),
                whenPauseOverMs = PauseOption.MillisecondsOf(context.Get(whenPauseOver)),
                maxStallMs = StallOption.MillisecondsOf(context.Get(maxStall)),
                maxBytes = SizeOption.BytesOf(context.Get(maxSize)),
                deadline = TimeArgument.ParseDuration("--deadline", context.Get(deadline)!),
                reason = context.Get(reason),
            };
            var key = KeyOption.KeyOf(context.Get(idempotencyKey));
            var timeout = wait.Timeout(context, body.deadline);
            return await KeyedStart.RunAsync(context, key, "", () => server.PostAsync<Operation>("api/v1/captures", body, cancellationToken, key), FollowAsync, cancellationToken);

            async Task<int> FollowAsync(Operation operation)
            {
                if (wait.IsWanted(context))
                {
                    operation = await CampaignWait.UntilOverAsync(context, server, operation, timeout, cancellationToken);
                }

                var capture = await server.GetAsync<Capture>(operation.ResourceLocation.TrimStart('/'), cancellationToken);
                ResultWriter.WriteOne(context, capture, CaptureColumns.One);
                return wait.IsWanted(context) && capture.State != CaptureState.Ready ? ExitCode.Partial : ExitCode.Success;
            }
        });
    }
}
