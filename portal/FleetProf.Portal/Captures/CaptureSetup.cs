namespace FleetProf.Portal.Captures;

/// <summary>Composition of Captures.</summary>
internal static class CaptureSetup
{
    public static WebApplicationBuilder AddCaptures(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(_ => new CaptureFileProxy(CaptureFileProxy.CreateClient()));
        return builder;
    }
}
