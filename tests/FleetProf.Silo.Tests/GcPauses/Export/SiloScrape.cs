using FleetProf.Silo.GcPauses.Export;
using FleetProf.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Silo.Tests.GcPauses.Export;

/// <summary>What Prometheus gets from a silo's host, through the mapping of the silo's metrics.</summary>
internal static class SiloScrape
{
    /// <param name="exposition">Of the fleet.</param>
    /// <param name="accept">The format that is asked for.</param>
    /// <param name="before">What the silo itself counts before that; null: nothing.</param>
    public static async Task<string> ReadAsync(FleetExposition exposition, string accept, Action? before = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddSingleton(exposition);
        builder.AddSiloMetrics();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapSiloMetrics();
        await app.StartAsync();
        before?.Invoke();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("Accept", accept);
        return await client.GetStringAsync($"{address}/metrics");
    }

    /// <summary>The names of the samples in it.</summary>
    public static HashSet<string> NamesOf(string text) =>
        [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0])];
}
