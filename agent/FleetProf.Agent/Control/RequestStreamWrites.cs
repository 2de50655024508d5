using Grpc.Core;

namespace FleetProf.Agent.Control;

/// <summary>Writes to a call's stream that fail in one way only.</summary>
internal static class RequestStreamWrites
{
    /// <summary>A write that meets a broken call gives, by chance, the call's status or what its transport threw: here it is a status always.</summary>
    /// <exception cref="RpcException">The call is broken.</exception>
    public static async Task SendAsync<T>(this IClientStreamWriter<T> stream, T message, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(message, cancellationToken);
        }
        catch (Exception error) when (error is IOException or HttpRequestException or InvalidOperationException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, error.Message, error));
        }
    }
}
