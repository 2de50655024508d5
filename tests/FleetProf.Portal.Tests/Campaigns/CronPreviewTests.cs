using FleetProf.Portal.Campaigns;

namespace FleetProf.Portal.Tests.Campaigns;

public sealed class CronPreviewTests
{
    private static readonly DateTimeOffset Saturday = new(2026, 3, 14, 13, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 3 * * 1", "Runs next Monday 16 March at 03:00 UTC, 37.5 h from now, then Monday 23 March at 03:00, then Monday 30 March at 03:00.")]
    [InlineData("*/15 * * * *", "Runs next Saturday 14 March at 13:45 UTC, 15 min from now, then Saturday 14 March at 14:00, then Saturday 14 March at 14:15.")]
    [InlineData("0 0 30 2 *", "This never runs.")]
    public void Expression_Valid_IsTranslated(string expression, string expected) => Assert.Equal(expected, CronPreview.Of(expression, Saturday));

    [Theory]
    [InlineData("")]
    [InlineData("every day")]
    [InlineData("61 * * * *")]
    public void Expression_Nonsense_IsExplained(string expression) => Assert.StartsWith("This is no cron expression.", CronPreview.Of(expression, Saturday), StringComparison.Ordinal);
}
