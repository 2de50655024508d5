using FleetProf.AgentProtocol;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace FleetProf.Silo.Gateway;

/// <summary>Binds the generated methods of the gateway so that each request is looked at by <see cref="MessageShape"/> before it is parsed.</summary>
internal sealed class GatewayBinder(ServiceBinderBase inner) : ServiceBinderBase
{
    private static readonly Dictionary<Type, Delegate> Readers = new()
    {
        [typeof(AgentFrame)] = ReaderOf(AgentFrame.Parser, AgentFrame.Descriptor),
        [typeof(UploadOffer)] = ReaderOf(UploadOffer.Parser, UploadOffer.Descriptor),
        [typeof(UploadChunk)] = ReaderOf(UploadChunk.Parser, UploadChunk.Descriptor),
    };

    /// <summary>Found by gRPC through the attribute of <see cref="GatewayEndpoint"/>.</summary>
    /// <param name="binder">Takes the methods.</param>
    /// <param name="gateway">Null: gRPC makes it for each call.</param>
    public static void Bind(ServiceBinderBase binder, AgentGateway.AgentGatewayBase? gateway) => AgentGateway.BindService(new GatewayBinder(binder), gateway);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        inner.AddMethod(LookedAt(method), handler);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        inner.AddMethod(LookedAt(method), handler);

    private static Method<TRequest, TResponse> LookedAt<TRequest, TResponse>(Method<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class
    {
        var reader = (Func<DeserializationContext, TRequest>)Readers[typeof(TRequest)];
        return new(method.Type, method.ServiceName, method.Name, new Marshaller<TRequest>(method.RequestMarshaller.ContextualSerializer, reader), method.ResponseMarshaller);
    }

    private static Func<DeserializationContext, T> ReaderOf<T>(MessageParser<T> parser, MessageDescriptor descriptor)
        where T : IMessage<T>
    {
        var shape = MessageShape.Of(descriptor);
        return context =>
        {
            var payload = context.PayloadAsReadOnlySequence();
            shape.Check(payload);
            return parser.ParseFrom(payload);
        };
    }
}
