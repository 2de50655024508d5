using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Comparisons;

namespace FleetProf.Cli.Comparisons;

/// <summary>The verb `compare SERVICE`; its exit code is the verdict.</summary>
internal static class CompareCommand
{
    private static readonly Argument<string> Service = new("service") { Description = "Name of a service." };
    private static readonly Option<string?> Baseline = new("--baseline") { Description = "Version before; default: the one before the candidate." };
    private static readonly Option<string?> Candidate = new("--candidate") { Description = "Version after; default: the one now running." };
    private static readonly Option<string?> Environment = new("--environment") { Description = "Where both run; default: where the candidate was deployed last." };
    private static readonly Option<string?> BaselineFrom = new("--baseline-from") { Description = "Start of the baseline: 2h ago, or a time." };
    private static readonly Option<string?> BaselineTo = new("--baseline-to") { Description = "End of the baseline." };
    private static readonly Option<string?> CandidateFrom = new("--candidate-from") { Description = "Start of the candidate." };
    private static readonly Option<string?> CandidateTo = new("--candidate-to") { Description = "End of the candidate." };
    private static readonly Option<string?> Key = KeyOption.Create();
    private static readonly Option<string?>[] Times = [BaselineFrom, BaselineTo, CandidateFrom, CandidateTo];

    public static Command Create() => CliCommand.Create(
        "compare",
        "Compare two versions or time ranges of a service. Exit code: 0 pass, 1 regressed, 3 inconclusive.",
        [Service, Baseline, Candidate, Environment, BaselineFrom, BaselineTo, CandidateFrom, CandidateTo, Key],
        RunAsync);

    private static async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        using var server = context.Connect();
        if (context.Get(Key) is not null && Times.FirstOrDefault(option => context.Get(option) is { } text && TimeArgument.IsAgo(text)) is { } ago)
        {
            throw new CommandFailedException(
                ExitCode.Usage, $"{ago.Name}: '{context.Get(ago)}' ago is another time whenever it is asked, and the same key stands for the same times.", "Give a time such as 2026-01-31T13:00:00Z, or no key.");
        }

        var request = new ComparisonRequest
        {
            Service = context.Get(Service),
            BaselineVersion = context.Get(Baseline),
            CandidateVersion = context.Get(Candidate),
            BaselineFrom = TimeOf(context, BaselineFrom),
            BaselineTo = TimeOf(context, BaselineTo),
            CandidateFrom = TimeOf(context, CandidateFrom),
            CandidateTo = TimeOf(context, CandidateTo),
            Environment = context.Get(Environment),
        };
        var key = KeyOption.KeyOf(context.Get(Key));
        return await KeyedStart.RunAsync(context, key, TimesOf(request), () => server.PostAsync<Comparison>("api/v1/comparisons", request, cancellationToken, key), ShowAsync, cancellationToken);

        Task<int> ShowAsync(Comparison comparison)
        {
            ComparisonOutput.Write(context, comparison);
            return Task.FromResult(ComparisonOutput.ExitCodeOf(comparison.Verdict));
        }
    }

    /// <summary>Those that were given, as they were understood.</summary>
    private static string TimesOf(ComparisonRequest request) => string.Concat(
        Times.Zip([request.BaselineFrom, request.BaselineTo, request.CandidateFrom, request.CandidateTo], (option, time) => time is { } at ? $"{option.Name} {at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'} " : ""));

    private static DateTimeOffset? TimeOf(CliContext context, Option<string?> option) =>
        context.Get(option) is { } text ? TimeArgument.Parse(option.Name, text, context.Clock.GetUtcNow()) : null;
}
