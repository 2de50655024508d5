using FleetProf.Silo.Access.People;

namespace FleetProf.Silo.Tests.Access.People;

public sealed class PasswordDeskTests
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task IsRight_MoreThanMayWait_AreSentAwayAtOnceAndTheOthersHaveTheirTurn()
    {
        using var hasher = new HeldHasher();
        using var desk = new PasswordDesk(hasher, places: 1);
        var hash = hasher.HashPassword("ann", Password);
        var first = desk.IsRightAsync("ann", hash, "wrong");
        await hasher.Reached;
        var waiting = Enumerable.Range(0, PasswordDesk.MostWaiting).Select(_ => desk.IsRightAsync("ann", hash, Password)).ToList();

        await Assert.ThrowsAsync<GatewayTooBusyException>(() => desk.IsRightAsync("ann", hash, Password));
        await Assert.ThrowsAsync<GatewayTooBusyException>(() => desk.HashAsync("ann", Password));

        Assert.DoesNotContain(waiting, turn => turn.IsCompleted);
        hasher.Release();
        Assert.False(await first);
        Assert.All(await Task.WhenAll(waiting), isRight => Assert.True(isRight));
        Assert.Equal(1, hasher.MostAtOnce);
        Assert.True(await desk.IsRightAsync("ann", hash, Password));
    }
}
