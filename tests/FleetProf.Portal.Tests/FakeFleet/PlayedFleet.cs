using System.Security.Cryptography;
using Bunit;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Fleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>The live fleet as the portal reads it, once for the pages of everybody: one instance of each of two services.</summary>
internal static class PlayedFleet
{
    public const string Own = "checkout";
    public const string Foreign = "payroll";

    private static readonly FleetChanges Live = new() { Version = 1, IsFull = true, Changed = [InstanceOf(Own), InstanceOf(Foreign)] };

    /// <summary>Registers what its pages ask for, and begins to read.</summary>
    /// <param name="context">Of the page.</param>
    /// <param name="answer">What the silo says to all other calls.</param>
    public static Task StartFleetAsync(this BunitContext context, Func<string, object?[], Task> answer)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var cluster = PlayedGrains.Cluster((method, arguments) => method == nameof(IFleetQueryGrain.GetChangesAsync) ? Task.FromResult(Live) : answer(method, arguments));
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        context.Services.AddSingleton(cluster);
        context.Services.AddSingleton<TimeProvider>(clock);
        context.Services.AddSingleton(new RunIds(clock, RandomNumberGenerator.Create()));
        // Made by the container, it ends with the test.
        context.Services.AddSingleton(_ => new FleetFeed(cluster, clock, NullLogger<FleetFeed>.Instance));
        return context.Services.GetRequiredService<FleetFeed>().StartAsync(CancellationToken.None);
    }

    private static Instance InstanceOf(string service) => new() { InstanceId = $"instance-{service}", Service = service, AgentId = "agent", Host = $"host-of-{service}", LastSeenAt = DateTimeOffset.UnixEpoch };
}
