using System.Globalization;

namespace FleetProf.Cli.Terminal;

/// <summary>Reads "30m", "2h", "7d" (ago) or a time such as 2026-01-31T13:00:00Z.</summary>
internal static class TimeArgument
{
    /// <summary>It means another time whenever it is asked.</summary>
    public static bool IsAgo(string text) => ParseSpan(text) is not null;

    /// <exception cref="CommandFailedException">It is neither.</exception>
    public static DateTimeOffset Parse(string option, string text, DateTimeOffset now)
    {
        if (ParseSpan(text) is { } ago)
        {
            return now - ago;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new CommandFailedException(ExitCode.Usage, $"{option}: '{text}' is not a time.", "Write 30m, 2h or 7d for that long ago, or a time such as 2026-01-31T13:00:00Z.");
    }

    /// <exception cref="CommandFailedException">It is no time span.</exception>
    public static TimeSpan ParseDuration(string option, string text) =>
        ParseSpan(text) ?? throw new CommandFailedException(ExitCode.Usage, $"{option}: '{text}' is not a time span.", "Write 50ms, 90s, 30m, 2h or 7d.");

    private static TimeSpan? ParseSpan(string text)
    {
        if (text.EndsWith("ms", StringComparison.Ordinal))
        {
            return ParseSpan(text[..^2] + "s") / 1000;
        }

        if (text.Length < 2 || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number) || number > 100_000)
        {
            return null;
        }

        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
    }
}
