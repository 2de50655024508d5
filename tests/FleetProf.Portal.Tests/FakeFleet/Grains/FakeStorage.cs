using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

/// <summary>Pins what the world has; one service, one capture that is due and listed, of three.</summary>
internal sealed class FakeStorage(FakeWorld world) : Grain, IStorageGrain
{
    public Task<StorageReport> DescribeAsync(CancellationToken cancellationToken = default)
    {
        var captures = world.Captures().Take(2).ToList();
        return Task.FromResult(new StorageReport
        {
            Bytes = 3 << 20, Captures = captures.Count, Pinned = 1, HeldBytes = 1 << 20, FreeBytes = 5L << 30, ReserveBytes = 256 << 20, KeepFor = TimeSpan.FromDays(30), KeepBytes = 20L << 30, ServiceBytes = 10L << 30,
            Services = [new() { Name = captures[0].Service, Captures = 2, Bytes = 3 << 20, HeldBytes = 1 << 20, OldestAt = DateTimeOffset.UnixEpoch }],
            Kinds = [new() { Name = "trace", Captures = 2, Bytes = 3 << 20, OldestAt = DateTimeOffset.UnixEpoch }],
            Due = [new() { CaptureId = captures[0].CaptureId, Service = captures[0].Service, Kind = captures[0].Kind, Bytes = 2 << 20, Reason = RemovalReason.Age }],
            DueCount = 3, DueBytes = 5 << 20, ServiceCount = 1,
            Next = [new() { CaptureId = captures[1].CaptureId, Service = captures[1].Service, Kind = captures[1].Kind, Bytes = 1 << 20 }],
        });
    }

    public Task<bool> PinAsync(string captureId, string actor, string reason) => Task.FromResult(world.Captures().Any(capture => capture.CaptureId == captureId));

    public Task<bool> UnpinAsync(string captureId, string actor) => PinAsync(captureId, actor, "");

    public Task CiteAsync(IReadOnlyList<string> captureIds, string by) => Task.CompletedTask;
}
