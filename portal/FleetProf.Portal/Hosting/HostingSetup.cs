using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using FleetProf.Portal.Access;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.ResponseCompression;
using Serilog;
using Serilog.Events;

namespace FleetProf.Portal.Hosting;

/// <summary>Options, logs, JSON, problems and the life of the process.</summary>
internal static class HostingSetup
{
    private const string ReloadAssets = "ReloadStaticAssetsAtRuntime";

    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">Settings are wrong.</exception>
    /// <exception cref="WrongClockException">Nothing is wrong but the time.</exception>
    public static WebApplicationBuilder AddHosting(this WebApplicationBuilder builder)
    {
        var options = PortalOptionsCheck.Read(builder.Configuration);
        PortalOptionsCheck.ThrowIfNotNow(options, TimeProvider.System);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<PortalAddress>();
        builder.Services.AddForwardedAddress(options);
        builder.WebHost.UseUrls(options.Listen);
        // Without this only the Development environment finds the files of wwwroot and packages before a publish.
        builder.WebHost.UseStaticWebAssets();
        // And what was built but not published would be served for a developer who edits it: asked for again on each opening.
        builder.Configuration[ReloadAssets] ??= builder.Environment.IsDevelopment().ToString();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            PortalCertificate.Follow(kestrel, builder.Configuration);
        });
        builder.Services.AddSerilog((_, logger) => Configure(logger, builder.Configuration));
        AddLifetime(builder);
        AddJson(builder.Services);
        return builder;
    }

    public static IServiceCollection AddJson(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
        services.AddProblemDetails(ProblemSetup.Configure);
        services.AddExceptionHandler<ExceptionProblems>();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddResponseCompression(compression =>
        {
            // Cookies and bearer tokens never appear in a body, so compression under TLS leaks nothing.
            compression.EnableForHttps = true;
            compression.MimeTypes = ["application/json", "application/problem+json", "text/csv", "text/plain", "text/html"];
        });
        services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
        return services;
    }

    internal static void Configure(JsonSerializerOptions json)
    {
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        json.RespectNullableAnnotations = true;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
    }

    private static void AddLifetime(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CliToken>();
        builder.Services.AddHostedService<Announcement>();
        builder.Services.AddHostedService<FreedMemoryWatch>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        if (builder.Configuration.GetValue<bool>(ParentWatch.Key))
        {
            builder.Services.AddHostedService<ParentWatch>();
        }
    }

    private static void Configure(LoggerConfiguration logger, IConfiguration configuration) => logger
        .MinimumLevel.Information()
        // Request lines of the framework carry query strings, and a query may hold a login code.
        .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
        // The key folder is readable by its owner only, like the rest of the data folder; the warning about encryption at rest tells nothing new.
        .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
        // The connection tells of its own troubles, in one line each.
        .MinimumLevel.Override("Orleans", LogEventLevel.Error)
        .ReadFrom.Configuration(configuration)
        .Enrich.FromLogContext()
        .WriteTo.Console(new ConsoleLineFormatter());
}
