using Cronos;

namespace FleetProf.Silo.Campaigns;

/// <summary>Cron expressions of campaigns: five fields, UTC.</summary>
internal static class CronSchedule
{
    /// <summary>What is wrong with the expression; null when it has a next run.</summary>
    public static string? ProblemOf(string? expression, DateTimeOffset now)
    {
        if (expression is null)
        {
            return null;
        }

        const string Advice = "Give five fields in UTC (minute, hour, day, month, weekday), for example '0 3 * * *' for 03:00 every day.";
        if (expression.Length > 128 || !CronExpression.TryParse(expression, CronFormat.Standard, out var parsed))
        {
            return $"This is no cron expression. {Advice}";
        }

        return parsed.GetNextOccurrence(now, TimeZoneInfo.Utc) is null ? $"This cron expression never comes true. {Advice}" : null;
    }

    /// <summary>The next run after a moment; null when there is none.</summary>
    public static DateTimeOffset? NextAfter(string expression, DateTimeOffset moment) =>
        CronExpression.Parse(expression, CronFormat.Standard).GetNextOccurrence(moment, TimeZoneInfo.Utc);
}
