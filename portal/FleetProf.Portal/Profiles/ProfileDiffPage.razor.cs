using FleetProf.Contracts.Captures;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Profiles;

/// <summary>The call trees of two captures laid over each other; both are in the address.</summary>
public sealed partial class ProfileDiffPage
{
    private const int MostCaptures = 1_000;

    private string? _shown;
    private IReadOnlyList<Capture>? _known;
    private Capture? _from;
    private Capture? _to;
    private string? _refusal;
    private string? _problem;

    [SupplyParameterFromQuery(Name = "from")] public string? From { get; set; }

    [SupplyParameterFromQuery(Name = "to")] public string? To { get; set; }

    [SupplyParameterFromQuery(Name = "tab")] public string? Tab { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    private string Title => (_to ?? _from) is { } capture ? $"Difference of two {NounOf(capture.Kind)} of {capture.Service}" : "Difference of two profiles";

    private string Shown => Tab == "table" ? "table" : "flame";

    /// <summary>The page for two captures; one that is left out is chosen by the page.</summary>
    internal static string UriOf(string? from, string? to, string? tab = null) => new PageQuery().Add("from", from).Add("to", to).Add("tab", tab).ToUri("profiles/diff");

    protected override async Task OnParametersSetAsync()
    {
        var asked = $"{From} {To}";
        if (_shown != asked)
        {
            _shown = asked;
            await LoadAsync();
        }
    }

    private static string FileOf(Capture capture) => CapturePage.FileUrl(capture.CaptureId, capture.Kind switch { CaptureKind.Alloc => "alloc.flame.json", CaptureKind.Gcdump => "inuse.flame.json", CaptureKind.Goroutines => "goroutine.flame.json", _ => "cpu.flame.json" });

    private static string NounOf(CaptureKind kind) => kind switch { CaptureKind.Alloc => "allocation profiles", CaptureKind.Gcdump => "profiles of what is in use", CaptureKind.Goroutines => "profiles of goroutines", _ => "CPU profiles" };

    private static ProfileDiffOptions OptionsOf(Capture from, Capture to) => new(
        FileOf(from),
        (from.Summary?.DurationMs ?? 0) / 1000,
        (to.Summary?.DurationMs ?? 0) / 1000,
        MethodDiffTable.Shape with { Link = new("name", "fn", $"from={from.CaptureId}&to={to.CaptureId}&tab=flame&view=sandwich") });

    private void Open(string uri) => Navigation.NavigateTo(uri);

    private async Task LoadAsync()
    {
        try
        {
            var captures = Cluster.GetGrain<ICaptureQueryGrain>(0);
            var (from, to) = (await CaptureApi.FindAsync(Cluster, From), await CaptureApi.FindAsync(Cluster, To));
            _known = (to ?? from) is { } given && ProfilePair.HasProfile(given)
                ? await captures.ListAsync(new() { Kind = given.Kind, Service = given.Service, State = CaptureState.Ready, Limit = MostCaptures })
                : [];
            if (to is null && from is not null)
            {
                to = _known.FirstOrDefault(capture => capture.CaptureId != from.CaptureId);
            }

            from ??= to is null ? null : ProfilePair.PartnerOf(to, _known);
            _refusal = from is null || to is null ? null : ProfilePair.WhyNot(from, to);
            (_from, _to) = from is null || to is null || _refusal is not null ? (null, null) : (from, to);
            _problem = null;
            if (_from is not null && _to is not null)
            {
                await Cluster.GetGrain<IStorageGrain>(0).CiteAsync([_from.CaptureId, _to.CaptureId], "profile diff");
            }
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = "The silo cannot be reached, so the difference cannot be shown. Check that it runs.";
        }
    }

    private static string NameOf(Capture capture) => $"{CaptureWords.Time(capture.RequestedAt)}, {capture.Version} on {capture.Host}";
}
