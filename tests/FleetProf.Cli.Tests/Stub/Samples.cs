using FleetProf.Contracts.Allocations;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.GcPauses;
using FleetProf.Contracts.Heaps;

namespace FleetProf.Cli.Tests.Stub;

/// <summary>What a small fleet answers.</summary>
internal static class Samples
{
    private static readonly DateTimeOffset At = new(2026, 1, 31, 12, 30, 0, TimeSpan.Zero);

    public static readonly ServiceRow[] Services =
    [
        new() { Service = "catalog", Versions = ["2.0"], InstanceCount = 3, FirstSeenAt = At, LastSeenAt = At },
        new() { Service = "checkout", Versions = ["1.0", "1.1"], InstanceCount = 12, LastDeploy = Deploy, FirstSeenAt = At, LastSeenAt = At.AddMinutes(5) },
    ];

    public static readonly CaptureHold Hold = new() { Service = "*", Reason = "the shop is slow", PlacedBy = "ann", PlacedAt = At };

    public static readonly CaptureHold AlertHold = new() { Service = "checkout", Reason = "HighErrorRate: 6%", PlacedBy = "pager", PlacedAt = At, EndsAt = At.AddMinutes(15), IsByAlert = true };

    public static readonly Instance[] Instances =
    [
        new()
        {
            InstanceId = "i1", Service = "checkout", Version = "1.1", Host = "node-1", Pid = 4711, Runtime = "10.0.12", AgentId = "a",
            Vitals = new() { GcCount = 1234, LastPauseMs = 3.456, PauseP99Ms = 31.4, TimeInGcPercent = 4.9, HeapBytes = 340_118_400 },
        },
        new() { InstanceId = "i2", Service = "checkout", Version = "1.1", Host = "node-2", Pid = 8, Runtime = "8.0.22", AgentId = "a", Problem = InstanceProblem.DiagnosticsDisabled },
    ];

    public static readonly Capture Ready = new()
    {
        CaptureId = "c1-0000", CampaignId = "c1", InstanceId = "i1", Service = "checkout", Version = "1.1", Host = "node-1", Kind = CaptureKind.Trace,
        State = CaptureState.Ready, RequestedAt = At, StartedAt = At, EndedAt = At.AddSeconds(12), SizeBytes = 1_234_567, RequestedBy = "ci", Reason = "slow",
        Sha256 = "ab12", Summary = new() { CpuSampleCount = 9600, GcCount = 7, LostEvents = 3 },
    };

    public static readonly Capture Failed = Ready with
    {
        CaptureId = "c1-0001", State = CaptureState.Failed, Failure = CaptureFailure.ProcessExited, Detail = "exit code 137", SizeBytes = 0, Sha256 = "", Summary = null,
    };

    public static readonly Capture Heap = Ready with
    {
        CaptureId = "c1-0002", Kind = CaptureKind.Gcdump, StallMs = 412.5,
        Summary = new()
        {
            ObjectCount = 41_000, HeapBytes = 92_000_000, LostEvents = 12, IsComplete = false, IncompleteReason = "12 events were lost in the process", Fidelity = 0.713,
            FidelitySentence = "The walk found 92 MB in 41,000 objects; the runtime counted 129 MB live after the same collection. Incomplete: 12 events were lost in the process.",
        },
    };

    public static readonly CampaignRow[] CampaignRows =
    [
        new() { CampaignId = "c1", Name = "weekly", State = CampaignState.Completed, CreatedAt = At, Services = ["checkout", "catalog"], Kinds = [CaptureKind.Trace, CaptureKind.Gc], TargetCount = 2, ReadyCount = 1, FailedCount = 1 },
    ];

    public static readonly Comparison Regressed = new()
    {
        ComparisonId = "cmp1", Service = "checkout", CreatedAt = At, DueAt = At, DecidedAt = At, RequestedBy = "deploy",
        Baseline = new() { Version = "1.0", From = At.AddHours(-1), To = At }, Candidate = new() { Version = "1.1", From = At, To = At.AddMinutes(10) },
        Verdict = ComparisonVerdict.Regressed, Sentence = "Regressed: pause p99 rose from 9.8 ms to 31.4 ms.",
        Metrics =
        [
            new() { Metric = "pause p99", Unit = "ms", Baseline = 9.8, Candidate = 31.4, Effect = 2.2, EffectLow = 1.78, EffectHigh = 2.65, Verdict = ComparisonVerdict.Regressed, Reason = "more than 10 %" },
            new() { Metric = "heap after gen2", Unit = "B", Verdict = ComparisonVerdict.Inconclusive, Reason = "no gen2 GC" },
        ],
    };

    public static readonly Trend Trend = new()
    {
        Service = "checkout", StepSeconds = 120,
        Points =
        [
            new() { WindowStart = At, WindowSeconds = 120, InstanceCount = 12, ObservedFraction = 1, GcCount = 900, Gen2Count = 4, Reasons = new Dictionary<string, long> { ["Induced"] = 4, ["AllocSmall"] = 896 }, PauseP50Ms = 1.1, PauseP95Ms = 4.25, PauseP99Ms = 31.4, MaxPauseMs = 120.4, TimeInGcPercent = 4.9, HeapBytes = 92_000_000, AllocatedBytesPerSecond = 41_000_000 },
            new() { WindowStart = At.AddMinutes(2), WindowSeconds = 120, InstanceCount = 12, ObservedFraction = 0.5 },
        ],
    };

    public static readonly LongGc[] LongestGcs =
    [
        new() { Instance = "i1", Version = "1.1", Number = 812, Generation = 2, Kind = "blocking", Reason = "Induced", PauseMs = 120.4, SuspendMs = 0.31, EndedAt = At, PromotedBytes = 48_000_000, Cause = PauseCause.Induced, Evidence = "The program asked for it (Induced)." },
        new() { Instance = "i2", Version = "1.1", Number = 77, Generation = 1, Kind = "foreground", Reason = "AllocSmall", PauseMs = 31.25, SuspendMs = 22.5, EndedAt = At.AddSeconds(-70), PromotedBytes = 1_200_000 },
    ];

    public static readonly PauseCauses Causes = new()
    {
        Service = "checkout", From = At.AddHours(-1), To = At,
        Causes =
        [
            new() { Cause = PauseCause.Ordinary, PauseCount = 900, PauseMs = 1_400, PausePercent = 92, PauseP50Ms = 1.1, PauseP99Ms = 4.25, MaxPauseMs = 6 },
            new() { Cause = PauseCause.Induced, PauseCount = 1, PauseMs = 120.4, PausePercent = 8, PauseP50Ms = 120.4, PauseP99Ms = 120.4, MaxPauseMs = 120.4, Longest = LongestGcs[0] },
        ],
        ByVersion = [new() { Cause = PauseCause.Ordinary, Version = "1.1", PauseCount = 900, PauseMs = 1_400, PausePercent = 100 }],
    };

    public static readonly ServiceKnobs Knobs = new()
    {
        Service = "checkout",
        Instances =
        [
            new() { Instance = "i1", Version = "1.1", Host = "node-1", Runtime = ".NET 10.0.12", GcMode = "server datas", ProcessorCount = 4, MemoryLimitBytes = 2_147_483_648, Settings = new Dictionary<string, string> { ["DOTNET_gcServer"] = "1" } },
            new() { Instance = "i2", Version = "1.1", Host = "node-2", Runtime = ".NET 10.0.12", GcMode = "workstation concurrent", ProcessorCount = 4, MemoryLimitBytes = 2_147_483_648, Settings = new Dictionary<string, string> { ["System.GC.Gen0Size"] = "4194304" } },
        ],
        Knobs =
        [
            new() { Name = "gc mode", IsDrifting = true, Values = [new() { Value = "server datas", InstanceCount = 1, Instances = ["i1"] }, new() { Value = "workstation concurrent", InstanceCount = 1, Instances = ["i2"] }] },
            new() { Name = "System.GC.Gen0Size", IsDrifting = true, IsIgnored = true, Nearest = "System.GC.Gen0MaxBudget", Values = [new() { Value = "", InstanceCount = 1, Instances = ["i1"] }, new() { Value = "4194304", InstanceCount = 1, Instances = ["i2"] }] },
            new() { Name = "processors", Values = [new() { Value = "4", InstanceCount = 2, Instances = ["i1", "i2"] }] },
        ],
    };

    public static readonly ServiceAdvice Advice = new()
    {
        Service = "checkout", From = At.AddHours(-1), To = At, InstanceCount = 2,
        Unjudged = [new() { Instance = "i2", Reason = "It was watched at work for 50 s, 600 are needed." }],
        Advice =
        [
            new()
            {
                Rule = "gen0-budget-small", Instances = ["i1"], InstanceCount = 1, PauseMsPerHour = 90_000, Setting = "DOTNET_GCgen0size", Value = "1000000",
                Observation = "12.5 GCs/s: only 4.2 MB are allocated between two of them, and 3.1 % of it survives.",
                Figures = [new() { Name = "GCs", Value = 12.5, Unit = "1/s", Bound = 5 }, new() { Name = "allocated per GC", Value = 4_200_000, Unit = "B" }],
                Change = "Raise the gen0 budget to 16.8 MB: what dies before the collection costs nothing.",
                Predicted =
                [
                    new() { Metric = "gc interval", Present = 80, Predicted = 320, Low = 290, High = 350 },
                    new() { Metric = "pause p50", Present = 1.4, NotPredicted = "only a budget of 4.2 MB was seen; how pauses change with it takes two that differ" },
                ],
                Risk = "The heap's peak grows by up to 12.6 MB.", Experiment = "Set it on one of several equal instances.", Rollback = "Remove the setting and restart the instance; nothing is kept.",
            },
        ],
    };

    public static readonly Experiment Experiment = new()
    {
        ExperimentId = "x1", Service = "checkout", Rule = "gen0-budget-small", Setting = "DOTNET_GCgen0size", Value = "1000000", BaselineFrom = At.AddHours(-1), BaselineTo = At, ChangedInstances = ["i3"],
        Metrics = [new() { Metric = "gc interval", PredictedEffect = 3, PredictedLow = 2.6, PredictedHigh = 3.4, SeenEffect = 3.1, SeenLow = 3, SeenHigh = 3.2, Outcome = ExperimentOutcome.Confirmed }],
        Outcome = ExperimentOutcome.Confirmed, CreatedAt = At, CreatedBy = "ci", DecidedAt = At.AddMinutes(30),
        Sentence = "CONFIRMED: gc interval was foretold to change by +300 % (+260 % to +340 %); it changed by +310 % (+300 % to +320 %).",
    };

    public static readonly HeapDiffReport HeapDiff = new()
    {
        From = new() { CaptureId = "c1-0000", Objects = 41_000, HeapBytes = 92_000_000 }, TypeCount = 2, IsComplete = false,
        To = new() { CaptureId = "c1-0001", Objects = 101_000, HeapBytes = 340_118_400, IsComplete = false, IncompleteReason = "12 events were lost in the process" },
        Rows =
        [
            new() { Type = "Shop.Session", Module = "Shop", CountBefore = 40_000, CountAfter = 100_000, NewAtLeast = 60_000, SurvivedAtMost = 40_000, RetainedBytesBefore = 40_000_000, RetainedBytesAfter = 300_000_000, RetainedGrowth = 260_000_000 },
            new() { Type = "Shop.Page", Module = "Shop", CountBefore = 50, CountAfter = 30, DeadAtLeast = 20, SurvivedAtMost = 30, RetainedBytesBefore = 100_000, RetainedBytesAfter = 60_000, RetainedGrowth = -40_000 },
        ],
        Paths = [new() { Steps = ["static field all", "Shop.Sessions", "Shop.Session"], ObjectsBefore = 40_000, ObjectsAfter = 100_000, RetainedBytesBefore = 40_000_000, RetainedBytesAfter = 300_000_000, RetainedGrowth = 260_000_000 }],
    };

    public static readonly DualView Dual = new()
    {
        AllocCaptureId = "c1-0003", HeapCaptureId = "c1-0002", AllocatedBytesPerSecond = 41_000_000, HeapBytes = 92_000_000, TypeCount = 57,
        Rows =
        [
            new() { Type = "byte[]", AllocatedBytesPerSecond = 30_000_000, AllocatedShare = 0.7317, Samples = 2_900, RelativeError = 0.036, InUseBytes = 1_200_000, InUseObjects = 300, InUseShare = 0.013, RetainedBytes = 1_200_000, TurnoverPerMinute = 1_500, Quadrant = DualQuadrant.Churn, IsClear = true },
            new() { Type = "Shop.Session", InUseBytes = 60_000_000, InUseObjects = 40_000, InUseShare = 0.652, RetainedBytes = 85_000_000, TurnoverPerMinute = 0, Quadrant = DualQuadrant.CacheOrLeak, IsClear = true },
            new() { Type = "Shop.Page<\u001b[31m>", AllocatedBytesPerSecond = 40_000, AllocatedShare = 0.001, Samples = 4, RelativeError = 0.98, Quadrant = DualQuadrant.Quiet },
        ],
    };

    public static readonly DualView DualOfGo = Dual with
    {
        AllocCaptureId = "go-0001", HeapCaptureId = "go-0002", IsByFunction = true, TypeCount = 1,
        Rows = [new() { Type = "main.churn", AllocatedBytesPerSecond = 30_000_000, AllocatedShare = 0.98, Samples = 290, RelativeError = 0.12, InUseBytes = 20_000_000, InUseObjects = 900, InUseShare = 0.9, TurnoverPerMinute = 90, Quadrant = DualQuadrant.Backlog }],
    };

    public static readonly DualView DualOfFewSamples = Dual with { AllocCaptureId = "few-0001", HeapCaptureId = "few-0002", TypeCount = 1, Rows = [Dual.Rows[0] with { Samples = 3, RelativeError = 1.13 }] };

    public static readonly DualView DualOfParts = Dual with
    {
        IsBiased = true, IsLossy = true, IsComplete = false, IncompleteReason = "12 events were lost in the process", Rows = [.. Dual.Rows.Select(row => row with { Quadrant = null, RelativeError = null, RetainedBytes = null })],
    };

    public static readonly HeapGrowthReport HeapGrowth = new()
    {
        Service = "checkout", Replicas = 6, SingleReplicas = 1, LeftOutSnapshots = 2, AllocationRatio = 1.02,
        Rows =
        [
            new()
            {
                Sentence = "What Shop.Session in static field all retains grew in 5 of 6 replicas, +40 MB/h, allocation rate flat.", Steps = ["static field all", "Shop.Sessions", "Shop.Session"],
                GrowingReplicas = 5, BytesPerHour = 40_000_000,
                Replicas = [new() { InstanceId = "i1", Host = "node-1", Version = "1.1", Snapshots = 3, FirstBytes = 40_000_000, LastBytes = 300_000_000, BytesPerHour = 41_000_000, IsGrowing = true, FirstCaptureId = "c1-0000", LastCaptureId = "c1-0001" }],
            },
            new() { Sentence = "What Shop.Page retains grew in 1 of 6 replicas, +1 MB/h. It slows down, as after a start.", Steps = ["Shop.Page"], GrowingReplicas = 1, BytesPerHour = 1_000_000, IsFading = true, Replicas = [] },
        ],
    };

    public static Deploy Deploy => new() { DeployId = "d1", Service = "checkout", Version = "1.1", PreviousVersion = "1.0", Environment = "production", StartedAt = At, ComparisonId = "cmp1" };

    public static Campaign CampaignWith(CampaignState state, params CampaignTarget[] targets) => new()
    {
        CampaignId = "c1", State = state, CreatedAt = At, EndedAt = state == CampaignState.Running ? null : At.AddMinutes(1), Seed = 7, PopulationSize = 12, Targets = targets,
        Spec = new() { Name = "weekly", Selector = new() { Services = ["checkout"] }, Kinds = [CaptureKind.Trace], SampleSize = 2, RequestedBy = "ci", Reason = "look" },
    };

    public static CampaignTarget Target(int ordinal, CaptureState state, CaptureFailure failure = CaptureFailure.None, CapturePhase phase = CapturePhase.Unknown) => new()
    {
        CaptureId = CaptureId.Of("c1", ordinal), InstanceId = $"i{ordinal}", Service = "checkout", Version = "1.1", Host = "node-1", AgentId = "a", Kind = CaptureKind.Trace,
        InclusionProbability = 1 / 6.0, State = state, Failure = failure, Phase = phase, DoneSeconds = 4, TotalSeconds = 10,
    };

    public static object Operation(string status, int ready, int failed = 0, int count = 2, string location = "/api/v1/campaigns/c1") =>
        new { operationId = "c1", status, resourceLocation = location, isStoppable = status == "running", captureCount = count, readyCount = ready, failedCount = failed };
}
