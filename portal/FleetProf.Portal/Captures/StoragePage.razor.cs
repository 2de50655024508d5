using FleetProf.Contracts.Captures;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Captures;

/// <summary>What captures take, and what retention deletes next.</summary>
public sealed partial class StoragePage
{
    private StorageReport? _report;
    private string? _problem;

    [Inject] public required IClusterClient Cluster { get; init; }

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            (_report, _problem) = (await Cluster.GetGrain<IStorageGrain>(0).DescribeAsync(), null);
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure, ", so what is stored cannot be shown");
        }
    }
}
