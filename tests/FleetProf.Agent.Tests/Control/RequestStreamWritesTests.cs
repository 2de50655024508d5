using FleetProf.Agent.Access;
using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;
using Grpc.Core;

namespace FleetProf.Agent.Tests.Control;

/// <summary>What a write to a broken call gives, whichever way the call broke.</summary>
public sealed class RequestStreamWritesTests
{
    /// <summary>As seen once where a silo refused a certificate while the greeting was written.</summary>
    [Fact]
    public async Task Send_TransportNeverCameAbout_IsTheRefusalOfAHandshake()
    {
        var broken = new BrokenStream(new HttpIOException(HttpRequestError.InvalidResponse, "the server did not complete the HTTP/2 handshake"));

        var error = await Assert.ThrowsAsync<RpcException>(() => broken.SendAsync(new AgentFrame(), TestContext.Current.CancellationToken));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal(HandshakeFault.Refused, HandshakeProblem.Of(error, null, TimeProvider.System)?.Fault);
    }

    public static TheoryData<Exception> TransportErrors => [new IOException("reset"), new HttpRequestException("no connection"), new InvalidOperationException("the request is complete")];

    [Theory]
    [MemberData(nameof(TransportErrors))]
    public async Task Send_CallIsBroken_IsUnavailableWithTheCause(Exception cause)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => new BrokenStream(cause).SendAsync(new AgentFrame(), TestContext.Current.CancellationToken));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal(cause.Message, error.Status.Detail);
        Assert.Same(cause, error.Status.DebugException);
    }

    [Fact]
    public async Task Send_CallHasAStatusOrIsCancelled_IsThatItself()
    {
        var status = new RpcException(new Status(StatusCode.PermissionDenied, "no"));

        Assert.Same(status, await Assert.ThrowsAsync<RpcException>(() => new BrokenStream(status).SendAsync(new AgentFrame(), TestContext.Current.CancellationToken)));
        await Assert.ThrowsAsync<OperationCanceledException>(() => new BrokenStream(new OperationCanceledException()).SendAsync(new AgentFrame(), TestContext.Current.CancellationToken));
    }

    private sealed class BrokenStream(Exception error) : IClientStreamWriter<AgentFrame>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(AgentFrame message) => Task.FromException(error);

        public Task WriteAsync(AgentFrame message, CancellationToken cancellationToken) => Task.FromException(error);

        public Task CompleteAsync() => Task.CompletedTask;
    }
}
