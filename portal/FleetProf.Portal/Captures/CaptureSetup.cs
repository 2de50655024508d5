using FleetProf.Portal.Connection;
namespace FleetProf.Portal.Captures;

/// <summary>Composition of Captures.</summary>
internal static class CaptureSetup
{
    public static WebApplicationBuilder AddCaptures(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(services => new CaptureFileProxy(CaptureFileProxy.CreateClient(SiloClientSetup.TlsOf(services))));
        return builder;
    }
}
