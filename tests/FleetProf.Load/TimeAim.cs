using System.Globalization;

namespace FleetProf.Load;

/// <summary>A time that a scenario aims for. It is always printed with the figure; whether it decides is asked on the command line, since beside other work the figure tells of that.</summary>
/// <param name="Limit">That must not be reached.</param>
/// <param name="IsJudged">Whether the scenario is not kept when it is.</param>
internal sealed record TimeAim(TimeSpan Limit, bool IsJudged)
{
    /// <param name="asked">Null: the usual one; zero: the usual one, which is not judged.</param>
    /// <param name="usual">Of the scenario.</param>
    public static TimeAim Of(TimeSpan? asked, TimeSpan usual) => new(asked is { } other && other > TimeSpan.Zero ? other : usual, asked != TimeSpan.Zero);

    public bool IsKept(TimeSpan took) => !IsJudged || took < Limit;

    public string Describe(TimeSpan took) => string.Create(
        CultureInfo.InvariantCulture, $"aim below {Limit.TotalSeconds:0.##} s{(IsJudged ? "" : " (not judged)")}: {(took < Limit ? "reached" : "NOT REACHED")}");
}
