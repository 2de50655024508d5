using FleetProf.Portal.Layout;

namespace FleetProf.Portal.Tests.Layout;

public sealed class LatestLoadTests
{
    private readonly LatestLoad _loads = new();
    private readonly List<string> _shown = [];

    [Fact]
    public async Task Run_OlderAnswerComesLast_ShowsTheNewerAlone()
    {
        var older = new TaskCompletionSource<string>();
        var first = LoadAsync(older.Task);
        await LoadAsync(Task.FromResult("newer"));

        older.SetResult("older");
        await first;

        Assert.Equal(["newer"], _shown);
    }

    [Fact]
    public async Task Run_OlderFailsLast_SaysNothing()
    {
        var older = new TaskCompletionSource<string>();
        var first = LoadAsync(older.Task);
        await LoadAsync(Task.FromResult("newer"));

        older.SetException(new TimeoutException());
        await first;

        Assert.Equal(["newer"], _shown);
    }

    [Fact]
    public async Task Run_SiloIsAway_SaysSo()
    {
        await LoadAsync(Task.FromException<string>(new TimeoutException("no answer")));

        Assert.Equal(["away: no answer"], _shown);
    }

    [Fact]
    public async Task Run_PageWasLeft_ShowsNothing()
    {
        await LoadAsync(Task.FromCanceled<string>(new CancellationToken(canceled: true)));

        Assert.Empty(_shown);
    }

    [Fact]
    public async Task Run_FaultOfOurs_IsThrown() =>
        await Assert.ThrowsAsync<NotSupportedException>(() => LoadAsync(Task.FromException<string>(new NotSupportedException())));

    private Task LoadAsync(Task<string> answer) => _loads.RunAsync(
        async () =>
        {
            var text = await answer;
            return () => _shown.Add(text);
        },
        failure => _shown.Add($"away: {failure.Message}"));
}
