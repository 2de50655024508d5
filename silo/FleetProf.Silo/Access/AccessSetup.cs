using FleetProf.Silo.Access.Enrolment;

namespace FleetProf.Silo.Access;

/// <summary>Composition of Access. <see cref="AccessGrain"/> is found by Orleans, its parts come with Hosting and Storage.</summary>
public static class AccessSetup
{
    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder)
    {
        builder.Services.AddEnrolment();
        return builder;
    }

    /// <summary>Where hosts join and agents renew.</summary>
    /// <exception cref="IOException">The certificate authority's files cannot be used.</exception>
    public static WebApplication MapAccess(this WebApplication app)
    {
        app.MapEnrolment();
        return app;
    }
}
