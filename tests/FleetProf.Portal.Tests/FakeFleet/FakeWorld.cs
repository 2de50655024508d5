using System.Collections.Concurrent;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.GcPauses;
using FleetProf.Contracts.Heaps;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>Everything the fake grains know: 20 services with 300 instances and their history, the same at each start.</summary>
internal sealed class FakeWorld
{
    private long _number;

    public FakeWorld(TimeProvider clock)
    {
        Clock = clock;
        Start = clock.GetUtcNow();
        Fleet = new FakeInstances(Start);
        Deploys = [.. FakeHistory.Deploys(Start)];
        Comparisons = new(FakeHistory.Comparisons(Start).ToDictionary(comparison => comparison.ComparisonId));
        Campaigns = new(FakeHistory.Campaigns(this).ToDictionary(campaign => campaign.Id));
    }

    public TimeProvider Clock { get; }

    public DateTimeOffset Start { get; }

    public FakeInstances Fleet { get; }

    /// <summary>Newest first; locked by whoever reads or changes it.</summary>
    public List<Deploy> Deploys { get; }

    public ConcurrentDictionary<string, Comparison> Comparisons { get; }

    public ConcurrentDictionary<string, FakeCampaign> Campaigns { get; }

    /// <summary>By service.</summary>
    public ConcurrentDictionary<string, CaptureHold> Holds { get; } = new();

    public ConcurrentDictionary<string, bool> LoginCodes { get; } = new();

    /// <summary>Steps of a change of the root that were asked for.</summary>
    public int RootChanges { get; set; }

    /// <summary>Agent id, by whom.</summary>
    public ConcurrentDictionary<string, string> ApprovedAgents { get; } = new();

    /// <summary>Sessions and tokens that have ended, by credential.</summary>
    public ConcurrentDictionary<string, bool> EndedSessions { get; } = new();

    /// <summary>Sessions whose end cannot be stored, by credential: the silo's database is away just then.</summary>
    public ConcurrentDictionary<string, bool> LastingSessions { get; } = new();

    /// <summary>Sessions that cannot be looked at, by credential: the silo's database is away just then.</summary>
    public ConcurrentDictionary<string, bool> UnseenSessions { get; } = new();

    /// <summary>Names of campaigns of which one is created and nobody hears of it.</summary>
    public ConcurrentDictionary<string, bool> LostAnswers { get; } = new();

    /// <summary>What the portal told of: action, target, by whom (empty: somebody without a session) and why.</summary>
    public ConcurrentQueue<(string Action, string Target, string By, string Reason)> Refusals { get; } = new();

    /// <summary>Whom the portal asked about a password for, and from where.</summary>
    public ConcurrentQueue<(string Name, string Address)> PasswordLogins { get; } = new();

    /// <summary>Sessions of an identity provider that the portal opened.</summary>
    public ConcurrentQueue<SessionRequest> ProvidedSessions { get; } = new();

    /// <summary>Actions that a caller of the matrix asked for without holding what they need.</summary>
    public ConcurrentQueue<string> Forbidden { get; } = new();

    public ConcurrentDictionary<string, string> Tokens { get; } = new();

    /// <summary>By name of the token; the others never end.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> TokenEnds { get; } = new();

    /// <summary>Services about which comparisons and holds answer with a fault that nobody expects.</summary>
    public ConcurrentDictionary<string, bool> Faulty { get; } = new();

    /// <summary>What was asked of the heap trees of which captures, oldest first.</summary>
    public ConcurrentQueue<(string CaptureId, HeapTreeQuery Query)> HeapQuestions { get; } = new();

    /// <summary>Trends that were asked for, of ranges that have passed.</summary>
    public ConcurrentDictionary<(TrendQuery Query, string Fields, int MostSeries), PackedTrend> Packed { get; } = new();

    public string FileServer { get; set; } = "";

    /// <summary>When set, files are linked to here instead of the file server.</summary>
    public string? FileLink { get; set; }

    public long NextNumber() => Interlocked.Increment(ref _number);

    public IEnumerable<Capture> Captures() => Campaigns.Values
        .SelectMany(campaign => campaign.Captures(Clock.GetUtcNow()))
        .OrderByDescending(capture => capture.RequestedAt).ThenByDescending(capture => capture.CaptureId, StringComparer.Ordinal);
}
