using Dapper;
using FleetProf.Contracts;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Tests.Captures;
using FleetProf.Silo.Tests.Fleet;

namespace FleetProf.Silo.Tests.Storage.Damage;

public sealed class DamagedGrainTests
{
    [Fact]
    public async Task Call_OfAGrainWhoseStateIsDamaged_TellsTheCallerAndNobodyElse()
    {
        await using var rig = await FleetRig.StartAsync();
        var hub = rig.Grains.CreateObjectReference<ISessionHub>(Fake.Of<ISessionHub>());
        await rig.Grains.GetGrain<IAgentGrain>("whole").AttachAsync(hub, "s1", new AgentHello { AgentId = "whole", SecretHash = "h", ProcessNonce = "n1" });
        await rig.Database.WriteAsync((connection, transaction) => connection.Execute(
            """
            INSERT INTO grain_state (service_id, state_name, grain_id, version, format, payload, written_at)
            SELECT service_id, state_name, REPLACE(grain_id, 'whole', 'broken'), version, format, @payload, written_at FROM grain_state WHERE grain_id LIKE '%whole'
            """,
            new { payload = new byte[] { 0xff, 0x17, 0x00 } },
            transaction));

        var told = await Assert.ThrowsAnyAsync<Exception>(() => rig.Grains.GetGrain<IAgentGrain>("broken").VerifyAsync("h"));

        Assert.Contains("/broken cannot be read", StateDamage.In(told), StringComparison.Ordinal);
        Assert.True(await rig.Grains.GetGrain<IAgentGrain>("whole").VerifyAsync("h"));
    }
}
