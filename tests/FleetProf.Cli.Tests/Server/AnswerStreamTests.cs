using System.IO.Pipelines;
using FleetProf.Cli.Server;
using FleetProf.Cli.Tests.Stub;

namespace FleetProf.Cli.Tests.Server;

public sealed class AnswerStreamTests
{
    [Fact]
    public async Task Read_OfABodyThatStalls_FailsAndSaysWhatToDo()
    {
        await using var answer = new AnswerStream(Silent(), new HurriedClock());

        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => answer.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));

        Assert.Equal((ExitCode.Unreachable, "The portal's answer stalled: nothing came for 60 s."), (failure.ExitCode, failure.Message));
        Assert.StartsWith("Repeat the command.", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ThatIsInterrupted_IsNotTakenForAStall()
    {
        using var user = new CancellationTokenSource();
        await using var answer = new AnswerStream(Silent());

        var copied = answer.CopyToAsync(Stream.Null, user.Token);
        await user.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copied);
    }

    /// <summary>Nothing is ever written to it.</summary>
    private static Stream Silent() => new Pipe().Reader.AsStream();
}
