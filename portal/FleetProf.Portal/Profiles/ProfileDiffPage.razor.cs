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

    private readonly LatestLoad _loads = new();
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

    internal static ProfileDiffOptions OptionsOf(Capture from, Capture to) => (from.Summary?.CpuSamplePeriodMs, to.Summary?.CpuSamplePeriodMs) is ( > 0 and var before, > 0 and var after)
        ? OptionsOf(from, to, before, after, "ms/s")
        : OptionsOf(from, to, 1, 1, "samples/s");

    private static ProfileDiffOptions OptionsOf(Capture from, Capture to, double beforeWorth, double afterWorth, string rateUnit) => new(
        FileOf(from),
        (from.Summary?.DurationMs ?? 0) / 1000 / beforeWorth,
        (to.Summary?.DurationMs ?? 0) / 1000 / afterWorth,
        rateUnit,
        ProfilePair.IsSnapshot(to),
        (ProfilePair.IsSnapshot(to) ? MethodDiffTable.Amounts : MethodDiffTable.Shares) with { Link = new("name", "fn", $"from={from.CaptureId}&to={to.CaptureId}&tab=flame&view=sandwich") });

    private void Open(string uri) => Navigation.NavigateTo(uri);

    private Task LoadAsync() => _loads.RunAsync(ReadAsync, failure => _problem = OutageSentence.Of(failure, ", so the difference cannot be shown"));

    private async Task<Action> ReadAsync()
    {
        var (fromId, toId) = (From, To);
        var (from, to) = (await CaptureApi.FindAsync(Cluster, fromId), await CaptureApi.FindAsync(Cluster, toId));
        IReadOnlyList<Capture> ready = (to ?? from) is { } given && ProfilePair.HasProfile(given)
            ? await Cluster.GetGrain<ICaptureQueryGrain>(0).ListAsync(new() { Kind = given.Kind, Service = given.Service, State = CaptureState.Ready, Limit = MostCaptures })
            : [];

        // Whose files are gone is offered only where the address names it: the view then says what became of them.
        IReadOnlyList<Capture> known = [.. ready.Where(capture => capture.RemovedAt is null || capture.CaptureId == fromId || capture.CaptureId == toId)];
        if (to is null && from is not null)
        {
            to = ProfilePair.NewestBeside(from, known);
        }

        from ??= to is null ? null : ProfilePair.PartnerOf(to, known);
        var refusal = from is null || to is null ? null : ProfilePair.WhyNot(from, to);
        if (from is null || to is null || refusal is not null)
        {
            return () => (_known, _refusal, _from, _to, _problem) = (known, refusal, null, null, null);
        }

        await Cluster.GetGrain<IStorageGrain>(0).CiteAsync([from.CaptureId, to.CaptureId], "profile diff");
        return () => (_known, _refusal, _from, _to, _problem) = (known, null, from, to, null);
    }

    private static string NameOf(Capture capture) => $"{CaptureWords.Time(capture.RequestedAt)}, {capture.Version} on {capture.Host}";
}
