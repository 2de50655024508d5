using FleetProf.Silo.Captures.Analyses;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.S3;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Captures.Retention;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures;

/// <summary>Composition of Captures.</summary>
public static class CaptureSetup
{
    public static WebApplicationBuilder AddCaptures(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<CaptureOptions>, CaptureOptionsValidation>();
        services.AddOptions<CaptureOptions>().BindConfiguration(CaptureOptions.Section).ValidateOnStart();
        services.AddArtifacts();
        services.AddSingleton<ShareCheck>();
        services.AddHostedService(provider => provider.GetRequiredService<AnalysisQueue>());
        services.AddHostedService<RetentionUpkeep>();
        return builder;
    }

    public static WebApplication MapCaptures(this WebApplication app)
    {
        app.MapMethods(
            "/capture-files/{captureId}/{name}",
            [HttpMethods.Get, HttpMethods.Head],
            (HttpContext context, string captureId, string name, string? ticket, CaptureFiles files) => files.ServeAsync(context, captureId, name, ticket));
        return app;
    }

    /// <summary>Uploads, store and analysis, without running the queue.</summary>
    internal static IServiceCollection AddArtifacts(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var silo = provider.GetRequiredService<IOptions<SiloOptions>>().Value;
            var captures = provider.GetRequiredService<IOptions<CaptureOptions>>().Value;
            var table = provider.GetRequiredService<ArtifactTable>();
            if (captures.Store == StoreKind.S3)
            {
                // A key that is made in a data folder is lost with it, and each silo would make another.
                var shared = silo.ArtifactKey ?? throw new IOException(
                    $"{CaptureOptions.Section}:{nameof(CaptureOptions.Store)} = S3 needs {SiloOptions.Section}:{nameof(SiloOptions.ArtifactKey)}: one key file for all silos of the bucket, with a copy elsewhere.");
                return new ArtifactStore(silo.DataFolder, keys: ArtifactKeys.Open(shared), shelf: new S3Shelf(captures.S3, silo.DataFolder, reserveBytes: captures.ReserveBytes), runOf: table.FindRunAsync);
            }

            var keyFile = silo.ArtifactKey ?? Path.Combine(silo.Artifacts ?? silo.DataFolder, "keys", "artifact.key");
            return new ArtifactStore(silo.DataFolder, silo.Artifacts, keys: ArtifactKeys.Open(keyFile), runOf: table.FindRunAsync) { KnownPlain = table.FindPlainAsync };
        });
        services.AddSingleton<ArtifactTable>();
        services.AddSingleton<RetentionTable>();
        services.AddSingleton<RetentionJournal>();
        services.AddSingleton<CitationReader>();
        services.TryAddSingleton<SettledClock>();
        services.AddSingleton<CaptureRetention>();
        services.AddSingleton<CaptureRoom>();
        services.AddSingleton<FileTickets>();
        services.AddSingleton<CaptureFiles>();
        services.AddSingleton<UploadOfferCheck>();
        services.AddSingleton<UploadBudget>();
        services.AddSingleton<UploadCompletions>();
        services.AddSingleton(provider => new UploadIntake(
            provider.GetRequiredService<UploadOfferCheck>(),
            provider.GetRequiredService<UploadBudget>(),
            provider.GetRequiredService<ArtifactStore>(),
            provider.GetRequiredService<ArtifactTable>(),
            provider.GetRequiredService<UploadCompletions>(),
            provider.GetRequiredService<AnalysisQueue>(),
            provider.GetRequiredService<CaptureRoom>(),
            provider.GetRequiredService<IOptions<CaptureOptions>>(),
            provider.GetRequiredService<ILogger<UploadIntake>>()));
        services.AddSingleton<IsolationProbe>();
        services.AddSingleton<AnalyzerProcess>();
        services.AddSingleton<ArtifactAnalysis>();
        services.AddSingleton<AnalysisQueue>();
        return services;
    }
}
