using System.Globalization;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>One cluster for all tests of a class that read what they stored under ids of their own.</summary>
public sealed class SharedCampaignRig : IAsyncLifetime
{
    private int campaigns;

    internal CampaignRig Rig { get; } = new();

    public ValueTask InitializeAsync() => new(Rig.StartAsync());

    public ValueTask DisposeAsync() => Rig.DisposeAsync();

    /// <summary>One that no other test has.</summary>
    internal string NextCampaignId() => string.Create(CultureInfo.InvariantCulture, $"01jz{++campaigns:d22}");
}
