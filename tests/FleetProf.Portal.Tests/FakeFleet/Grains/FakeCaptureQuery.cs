using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

internal sealed class FakeCaptureQuery(FakeWorld world) : Grain, ICaptureQueryGrain
{
    public Task<IReadOnlyList<Capture>> ListAsync(CaptureFilter filter, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<Capture>>([.. world.Captures().Where(capture =>
            (filter.Service is null || capture.Service == filter.Service)
            && (filter.CampaignId is null || capture.CampaignId == filter.CampaignId)
            && (filter.InstanceId is null || capture.InstanceId == filter.InstanceId)
            && (filter.Kind is null || capture.Kind == filter.Kind)
            && (filter.State is null || capture.State == filter.State)
            && (filter.From is null || capture.RequestedAt >= filter.From)
            && (filter.To is null || capture.RequestedAt <= filter.To)).Take(filter.Limit)]);

    public Task<Capture?> GetAsync(string captureId, CancellationToken cancellationToken = default) =>
        Task.FromResult(world.Captures().FirstOrDefault(capture => capture.CaptureId == captureId));

    public async Task<IReadOnlyList<CaptureFile>> ListFilesAsync(string captureId, CancellationToken cancellationToken = default)
    {
        var capture = await GetAsync(captureId, cancellationToken);
        return capture?.State switch
        {
            CaptureState.Ready => [.. FakeFiles.Of(capture.Kind).Select(file => FileOf(file, null))],
            CaptureState.Quarantined => [FileOf(FakeFiles.Find(capture.Kind, "original.nettrace")!, null)],
            _ => [],
        };
    }

    public async Task<CaptureFile?> GetFileAsync(string captureId, string name, CancellationToken cancellationToken = default)
    {
        var listed = (await ListFilesAsync(captureId, cancellationToken)).FirstOrDefault(file => file.Name == name);
        var capture = await GetAsync(captureId, cancellationToken);
        var changed = name == "cpu.flame.json" && captureId[^1] % 2 == 1 ? "&changed=true" : "";
        return listed is null ? null : listed with { Link = world.FileLink ?? $"{world.FileServer}/files/{capture!.Kind}/{name}?ticket=t{changed}" };
    }

    private static CaptureFile FileOf(FakeFile file, string? link) => new()
    {
        Name = file.Name, ContentType = file.ContentType, SizeBytes = file.Content.Length, Sha256 = file.Sha256, Link = link,
    };
}
