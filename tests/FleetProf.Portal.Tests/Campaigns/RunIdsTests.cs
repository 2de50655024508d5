using System.Security.Cryptography;
using CsCheck;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Problems;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Campaigns;

public sealed class RunIdsTests : IDisposable
{
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));

    [Fact]
    public void Next_LaterInTime_SortsLater()
    {
        var ids = new RunIds(_clock, _random);
        Gen.Int[1, 1_000_000_000].Sample(milliseconds =>
        {
            var before = ids.Next();
            _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            Assert.True(string.CompareOrdinal(before, ids.Next()) < 0);
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void Next_AtOneMoment_NeverRepeats()
    {
        var ids = new RunIds(_clock, _random);

        Assert.Equal(10_000, Enumerable.Range(0, 10_000).Select(_ => ids.Next()).Distinct().Count());
    }

    [Fact]
    public void ForKey_AnyKey_IsAStableValidId() => (from caller in Gen.String[1, 20] from key in Gen.String[1, 60] select (caller, key)).Sample(pair =>
    {
        var id = new RunIds(_clock, _random).ForKey(pair.caller, pair.key);
        Assert.Equal(id, new RunIds(_clock, _random).ForKey(pair.caller, pair.key));
        Assert.Equal(26, id.Length);
        Assert.True(Ids.IsKey(id));
        Assert.True(RunIds.IsId(id));
        Assert.Equal(id, id.ToLowerInvariant());
    });

    [Fact]
    public void ForKey_OtherCaller_IsAnotherId()
    {
        var ids = new RunIds(_clock, _random);

        Assert.NotEqual(ids.ForKey("a", "key"), ids.ForKey("b", "key"));
    }

    public void Dispose() => _random.Dispose();
}
