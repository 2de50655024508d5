using FleetProf.Cli.Terminal;
using FleetProf.Cli.Tests.Stub;

namespace FleetProf.Cli.Tests.Terminal;

public sealed class HumanTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1 KB")]
    [InlineData(999_499, "999 KB")]
    [InlineData(999_500, "1 MB")]
    [InlineData(41_234_567, "41.2 MB")]
    [InlineData(342_118_400, "342 MB")]
    [InlineData(5e15, "5000 TB")]
    public void Bytes_AnySize_HasThreeDigits(double bytes, string expected) => Assert.Equal(expected, Human.Bytes(bytes));

    [Theory]
    [InlineData(2.2, "+220 %")]
    [InlineData(-0.02, "-2 %")]
    [InlineData(0, "0 %")]
    public void Change_Fraction_IsSigned(double fraction, string expected) => Assert.Equal(expected, Human.Change(fraction));

    [Theory]
    [InlineData("30m", "2026-01-31T12:30:00Z")]
    [InlineData("2h", "2026-01-31T11:00:00Z")]
    [InlineData("7d", "2026-01-24T13:00:00Z")]
    [InlineData("2026-01-01T10:00:00Z", "2026-01-01T10:00:00Z")]
    [InlineData("2026-01-01T10:00:00+02:00", "2026-01-01T08:00:00Z")]
    [InlineData("2026-01-01", "2026-01-01T00:00:00Z")]
    public void Time_AgoOrAbsolute_IsRead(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), TimeArgument.Parse("--from", text, HurriedClock.Now));

    [Theory]
    [InlineData("yesterday")]
    [InlineData("-5m")]
    [InlineData("5y")]
    [InlineData("")]
    [InlineData("99999999999d")]
    public void Time_Otherwise_IsAUsageError(string text) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<CommandFailedException>(() => TimeArgument.Parse("--from", text, HurriedClock.Now)).ExitCode);
}
