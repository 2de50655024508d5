extern alias silo;

using FleetProf.Contracts.Fleet;
using FleetProf.TestKit.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using silo::FleetProf.Silo.Fleet;
using silo::FleetProf.Silo.GcPauses;
using silo::FleetProf.Silo.GcPauses.Queries;
using silo::FleetProf.Silo.GcPauses.Rollups;
using silo::FleetProf.Silo.Hosting;
using silo::FleetProf.Silo.Storage;

namespace FleetProf.Benchmarks.GcPauses;

/// <summary>The silo's trend store over a database of its own in the temporary folder or on a server, with a clock that is set; background work runs when it is called.</summary>
internal sealed class TrendStoreRig : IAsyncDisposable
{
    private static int databases;

    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-trends-").FullName;
    private readonly string? connection;
    private readonly WebApplication app;

    private TrendStoreRig(DateTimeOffset start, string? connection)
    {
        this.connection = connection;
        Clock = new SetClock { Now = start };
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.Configure<SiloOptions>(options => (options.DataFolder, options.Database) = (folder, connection));
        builder.AddStorage();
        builder.AddGcPauses();
        app = builder.Build();
    }

    public SetClock Clock { get; }

    public VitalsIntake Intake => app.Services.GetRequiredService<VitalsIntake>();

    public TrendRoller Roller => app.Services.GetRequiredService<TrendRoller>();

    public TrendRetention Retention => app.Services.GetRequiredService<TrendRetention>();

    public TrendQueries Queries => app.Services.GetRequiredService<TrendQueries>();

    /// <param name="start">Of the clock.</param>
    /// <param name="server">Null: SQLite.</param>
    public static async Task<TrendStoreRig> StartAsync(DateTimeOffset start, PostgresServer? server)
    {
        if (server is null)
        {
            return new TrendStoreRig(start, null);
        }

        var name = $"trends{Interlocked.Increment(ref databases)}";
        await using var connection = new NpgsqlConnection(server.ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync();
        return new TrendStoreRig(start, server.ConnectionString(name));
    }

    public async Task<double> DatabaseMegabytesAsync()
    {
        if (connection is null)
        {
            return Directory.GetFiles(folder).Sum(file => new FileInfo(file).Length) / 1048576.0;
        }

        await using var opened = new NpgsqlConnection(connection);
        await opened.OpenAsync();
        await using var size = new NpgsqlCommand("SELECT pg_database_size(current_database())", opened);
        return (long)(await size.ExecuteScalarAsync())! / 1048576.0;
    }

    /// <summary>How long the packed hours are, of all.</summary>
    public Task<string> DescribeHoursAsync() => app.Services.GetRequiredService<CatalogDatabase>().ReadAsync(opened =>
    {
        using var command = opened.CreateCommand();
        command.CommandText = "SELECT COUNT(*), COALESCE(SUM(LENGTH(packed)), 0) FROM trend_hours";
        using var row = command.ExecuteReader();
        return row.Read() ? $"{row.GetInt64(0)} packed hours of {row.GetInt64(1)} bytes together" : "";
    });

    /// <summary>The agent runs these instances of a service.</summary>
    public void Show(string agentId, IEnumerable<(string InstanceId, string Service, string Version)> instances) => app.Services.GetRequiredService<LiveFleet>().ShowInventory(
        agentId,
        [.. instances.Select(instance => new Instance { InstanceId = instance.InstanceId, Service = instance.Service, Version = instance.Version, AgentId = agentId })]);

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    internal sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
