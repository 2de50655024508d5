using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace FleetProf.Silo.Hosting;

/// <summary>Structured logs: console for people or collectors, and a bounded file in the data folder.</summary>
internal static class LogSetup
{
    private const long FileBytes = 16 * 1024 * 1024;
    private const int Files = 5;

    public static void AddLogs(this WebApplicationBuilder builder) => builder.Services.AddSerilog((_, logs) =>
    {
        var configuration = builder.Configuration.GetSection(SiloOptions.Section);
        var folder = configuration[nameof(SiloOptions.DataFolder)] ?? new SiloOptions().DataFolder;
        logs.MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            .MinimumLevel.Override("Orleans", LogEventLevel.Warning)
            .MinimumLevel.Override("Polly", LogEventLevel.Warning)
            .MinimumLevel.Override("Grpc", LogEventLevel.Warning)
            .Enrich.FromLogContext();
        if (string.Equals(configuration[nameof(SiloOptions.LogFormat)], nameof(LogFormat.Json), StringComparison.OrdinalIgnoreCase))
        {
            logs.WriteTo.Console(new RenderedCompactJsonFormatter());
        }
        else
        {
            logs.WriteTo.Console(new ConsoleLineFormatter());
        }

        logs.WriteTo.File(
            new RenderedCompactJsonFormatter(),
            Path.Combine(folder, "logs", "silo.jsonl"),
            fileSizeLimitBytes: FileBytes,
            rollOnFileSizeLimit: true,
            retainedFileCountLimit: Files);
    });
}
