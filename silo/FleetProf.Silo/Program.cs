using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Allocations;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.Gateway;
using FleetProf.Silo.GcPauses;
using FleetProf.Silo.Heaps;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Profiles;
using FleetProf.Silo.Storage;
using Microsoft.Extensions.Options;

if (Verbs.Run(args) is { } exitCode) return exitCode;
// appsettings.json is read once: to notice a change of it every folder below the working folder would be watched, under systemd those of the whole disk.
var builder = WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
builder.AddHosting();
builder.AddStorage();
builder.AddAccess();
builder.AddFleet();
builder.AddGcPauses();
builder.AddCaptures();
builder.AddCampaigns();
builder.AddComparisons();
builder.AddProfiles();
builder.AddHeaps();
builder.AddAllocations();
builder.AddGateway();

await using var app = builder.Build();
if (StartupProblems.OfOptions(app.Services) is { Count: > 0 } problems)
{
    return StartupProblems.Report(problems, StartupProblems.InvalidOptions);
}

try
{
    app.Services.GetRequiredService<DataFolderLock>().Take();
    if (StartupProblems.OfHost(app.Services.GetRequiredService<IOptions<SiloOptions>>().Value, app.Services.GetRequiredService<TimeProvider>().GetUtcNow()).ToList() is { Count: > 0 } inTheWay)
    {
        return StartupProblems.Report(inTheWay, StartupProblems.CannotStart);
    }

    _ = app.Services.GetRequiredService<CatalogDatabase>();
    await app.Services.GetRequiredService<ShareCheck>().RequireAsync();
    await app.Services.GetRequiredService<AuthorityCheck>().RequireAsync();
    app.MapHosting();
    app.MapAccess();
    app.MapCaptures();
    app.MapGateway();
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (Exception exception) when (StartupProblems.OfStart(exception) is { } problem)
{
    return StartupProblems.Report([problem], StartupProblems.CannotStart);
}
