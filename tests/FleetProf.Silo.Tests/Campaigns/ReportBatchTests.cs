using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Campaigns;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>A fleet that reports at once.</summary>
public sealed class ReportBatchTests : IAsyncLifetime
{
    private const int Agents = 100;
    private static readonly CampaignSpec Everybody = CampaignRig.Spec with { SampleSize = null, SampleFraction = 1, MaxConcurrentPerService = Agents };

    private readonly CampaignRig rig = new();
    private int writes;

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.AddRange(Enumerable.Range(1, Agents).Select(number => CampaignRig.Instance(number)));
        await rig.StartAsync();
        Assert.NotNull((await rig.Campaign.CreateAsync(Everybody, null)).Campaign);
        for (var order = 0; order < Agents; order++)
        {
            await rig.Agents.NextOrderAsync();
        }
    }

    [Fact]
    public async Task Results_OfManyAgentsAtOnce_AreStoredInFewStepsAndEachIsAnswered()
    {
        Count(ChaosStorage.Fault.None);

        var told = await Task.WhenAll(Enumerable.Range(1, Agents).Select(ordinal => rig.SucceedAsync(ordinal)).Append(rig.SucceedAsync(1)).Append(rig.SucceedAsync(2, attempt: 7)));

        Assert.Equal([.. Enumerable.Repeat(true, Agents + 1), false], told);
        Assert.InRange(writes, 1, Agents / 2);
        Assert.All((await rig.Campaign.GetAsync())!.Targets, target => Assert.Equal(CaptureState.Analysing, target.State));
    }

    [Theory]
    [InlineData(ChaosStorage.Fault.BeforeCommit)]
    [InlineData(ChaosStorage.Fault.AfterCommit)]
    internal async Task Results_WhoseStepFails_AreNotAcknowledgedAndTakenWhenTheyAreRepeated(ChaosStorage.Fault fault)
    {
        Count(fault);

        var tries = await Task.WhenAll(Enumerable.Range(1, Agents).Select(UntilTakenAsync));

        Assert.Contains(tries, count => count > 1);
        Assert.All((await rig.Campaign.GetAsync())!.Targets, target => Assert.Equal(CaptureState.Analysing, target.State));
    }

    [Fact]
    public void Batch_WithEveryReportThatCanCome_IsFull()
    {
        var batch = new ReportBatch();
        batch.Expect(3);
        batch.Add("a", target => target);
        batch.Add("b", target => target);
        Assert.False(batch.Full.IsCompleted);

        // One of three was in the step before.
        batch.Expect(2);

        Assert.True(batch.Full.IsCompleted);
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    /// <summary>Writes of the campaign; the first has this fault.</summary>
    private void Count(ChaosStorage.Fault fault) => rig.NextWrite = state => state == "campaign" && Interlocked.Increment(ref writes) == 1 ? fault : ChaosStorage.Fault.None;

    private async Task<int> UntilTakenAsync(int ordinal)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Assert.True(await rig.SucceedAsync(ordinal));
                return attempt;
            }
            catch (Exception failed) when (attempt < 200 && failed is not Xunit.Sdk.XunitException)
            {
                await Task.Delay(10);
            }
        }
    }
}
