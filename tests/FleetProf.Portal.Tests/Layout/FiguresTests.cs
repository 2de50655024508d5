using FleetProf.Portal.Layout;

namespace FleetProf.Portal.Tests.Layout;

public sealed class FiguresTests
{
    private static readonly DateTimeOffset Evening = new(2026, 11, 1, 23, 30, 5, TimeSpan.Zero);

    [Fact]
    public void Span_WithinADay_NamesTheDayOnce() => Assert.Equal("2026-11-01 23:30:05 – 23:35:05 UTC", Figures.Span(Evening, Evening.AddMinutes(5)));

    [Fact]
    public void Span_OverMidnight_NamesBothDays() => Assert.Equal("2026-11-01 23:30:05 – 2026-11-02 01:30:05 UTC", Figures.Span(Evening, Evening.AddHours(2)));

    [Theory]
    [InlineData(0, "0 hosts")]
    [InlineData(1, "1 host")]
    [InlineData(1234, "1,234 hosts")]
    public void Count_WithANoun_IsEnglish(long count, string text) => Assert.Equal(text, Figures.Count(count, "host"));
}
