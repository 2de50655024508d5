using FleetProf.Silo.Gateway;
using FleetProf.Silo.Gateway.Admission;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Tests.Gateway.Admission;

public sealed class UploadLimitTests
{
    private readonly UploadLimit limit = new(Options.Create(new GatewayOptions { MaxUploads = 3, MaxUploadsPerAgent = 2 }));

    [Fact]
    public void Enter_BeyondOnesOwnPlaces_IsRefusedUntilOneIsGivenBack()
    {
        var first = limit.Enter("agent1");
        using var second = limit.Enter("agent1");
        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => limit.Enter("agent1")).StatusCode);
        using (limit.Enter("agent2"))
        {
        }

        first.Dispose();

        using var third = limit.Enter("agent1");
    }

    [Fact]
    public void Enter_BeyondAllPlaces_IsRefusedUntilOneIsGivenBack()
    {
        using var first = limit.Enter("agent1");
        using var second = limit.Enter("agent2");
        var third = limit.Enter("agent3");
        Assert.Throws<RpcException>(() => limit.Enter("agent4"));

        third.Dispose();

        using var fourth = limit.Enter("agent4");
    }
}
