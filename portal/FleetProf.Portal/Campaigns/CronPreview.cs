using System.Globalization;
using Cronos;

namespace FleetProf.Portal.Campaigns;

/// <summary>Says when a schedule runs, before it exists. Whether it is accepted is the silo's word.</summary>
internal static class CronPreview
{
    private const int Runs = 3;

    /// <summary>One sentence; also for an expression that is none.</summary>
    public static string Of(string expression, DateTimeOffset now)
    {
        if (!CronExpression.TryParse(expression.Trim(), out var cron))
        {
            return "This is no cron expression. Write five fields: minute hour day-of-month month day-of-week, for example 0 3 * * 1 for Mondays at 03:00.";
        }

        List<DateTimeOffset> runs = [];
        for (var after = now; runs.Count < Runs && cron.GetNextOccurrence(after, TimeZoneInfo.Utc) is { } next; after = next)
        {
            runs.Add(next);
        }

        return runs.Count == 0
            ? "This never runs."
            : $"Runs next {Text(runs[0])} UTC, {In(runs[0] - now)} from now{string.Concat(runs.Skip(1).Select(run => $", then {Text(run)}"))}.";
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("dddd d MMMM 'at' HH:mm", CultureInfo.InvariantCulture);

    private static string In(TimeSpan span) => span.TotalHours switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(span.TotalMinutes):0} min"),
        < 48 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} days"),
    };
}
