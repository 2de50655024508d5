using System.CommandLine;
using System.Globalization;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.GcPauses;

/// <summary>What verbs about the pauses of a service have in common: its name, a range of time, and that the portal answers for both.</summary>
internal sealed class ServiceRange
{
    private readonly Argument<string> service = new("service") { Description = "Name of a service." };
    private readonly Option<string> from = new("--from") { Description = "Start: 30m, 2h, 7d ago, or a time.", DefaultValueFactory = _ => "1h" };
    private readonly Option<string?> to = new("--to") { Description = "End; default: now." };

    /// <summary>To be put before a verb's own.</summary>
    public IReadOnlyList<Symbol> Symbols => [service, from, to];

    /// <summary>Asks below the service's address, about the given range.</summary>
    /// <param name="context">Of the verb.</param>
    /// <param name="route">The last part of the address.</param>
    /// <param name="more">Further parameters of the query, for a range of this length; null ones are left out.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<T> GetAsync<T>(CliContext context, string route, Func<TimeSpan, IEnumerable<(string Name, string? Value)>> more, CancellationToken cancellationToken)
    {
        var now = context.Clock.GetUtcNow();
        var start = TimeArgument.Parse("--from", context.Get(from)!, now);
        var end = context.Get(to) is { } given ? TimeArgument.Parse("--to", given, now) : now;
        using var server = context.Connect();
        return await server.GetAsync<T>(
            QueryPath.Of(
                $"api/v1/services/{QueryPath.Segment(context.Get(service))}/{route}",
                [("from", start.ToString("O", CultureInfo.InvariantCulture)), ("to", end.ToString("O", CultureInfo.InvariantCulture)), .. more(end - start)]),
            cancellationToken);
    }
}
