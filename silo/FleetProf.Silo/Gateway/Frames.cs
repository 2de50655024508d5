using System.Security.Cryptography;
using System.Text;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Gateway;

/// <summary>Between frames of the agent protocol and records of the contracts.</summary>
internal static class Frames
{
    public const uint ProtocolVersion = 1;

    /// <summary>Agents may be so many protocols older than the silo.</summary>
    public const uint OlderProtocols = 2;

    private const int LongestId = 128;
    private const int LongestDetail = 2_048;
    private const int ShortestSecret = 16;
    private const int MostRunning = 64;

    /// <summary>Why the introduction cannot be used. Null when it can.</summary>
    /// <param name="hello">As it came.</param>
    /// <param name="isCertified">A certificate says who it is, no secret does.</param>
    public static string? ProblemOf(Hello hello, bool isCertified = false) => hello switch
    {
        _ when !IsId(hello.AgentId) => $"agent_id must have 1 to {LongestId} letters, digits, '-', '_' or '.'",
        { AgentSecret.Length: < ShortestSecret or > 1_024 } when !isCertified => $"agent_secret must have {ShortestSecret} to 1024 characters",
        { ProcessNonce.Length: 0 or > LongestId } => $"process_nonce must have 1 to {LongestId} characters",
        { ProtocolVersion: 0 } => "protocol_version is missing",
        _ => null,
    };

    /// <summary>Why an agent of this protocol cannot be served by a silo of that one; null when it can. Silos are updated first, agents follow.</summary>
    public static string? SkewOf(uint agent, uint silo) => agent > silo
        ? $"This silo speaks protocol {silo}, the agent {agent}. Update the silo before its agents."
        : agent + OlderProtocols < silo
            ? $"This silo speaks the protocols {silo - OlderProtocols} to {silo}, the agent {agent}. Update the agent."
            : null;

    /// <summary>What grains hear.</summary>
    /// <param name="hello">Without problems.</param>
    /// <param name="certified">Labels of the join token, which overrule its own, and come first. Null: there is no certificate.</param>
    public static AgentHello ToHello(Hello hello, IReadOnlyDictionary<string, string>? certified = null) => new()
    {
        AgentId = hello.AgentId,
        IsCertified = certified is not null,
        SecretHash = certified is not null ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hello.AgentSecret))),
        ProcessNonce = hello.ProcessNonce,
        AgentVersion = Cut(hello.AgentVersion, LongestId),
        HostName = Cut(hello.HostName, LongestId),
        HostId = Cut(hello.HostId, LongestId),
        Capabilities = [.. hello.Capabilities.Take(MostRunning).Select(capability => Cut(capability, LongestId))],
        Labels = (certified ?? new Dictionary<string, string>()).Concat(hello.Labels.Take(MostRunning))
            .GroupBy(label => Cut(label.Key, LongestId).Trim()).ToDictionary(same => same.Key, same => Cut(same.First().Value, LongestId)),
        RunningCaptures = [.. hello.RunningCaptures.Where(key => key.Length <= LongestId).Take(MostRunning)],
        ArmedCaptures = [.. hello.ArmedCaptures.Where(key => key.Length <= LongestId).Take(MostRunning)],
    };

    public static StartCapture ToStart(CaptureOrder order) => new()
    {
        CaptureId = order.CaptureId,
        Attempt = (uint)order.Attempt,
        InstanceId = order.InstanceId,
        Kind = (AgentProtocol.CaptureKind)order.Kind,
        DurationSeconds = (uint)order.DurationSeconds,
        MaxBytes = order.MaxBytes,
        ExpiresInSeconds = (uint)order.ExpiresInSeconds,
        RequestedBy = order.RequestedBy,
        Reason = order.Reason,
        WhenPauseOverMs = order.WhenPauseOverMs ?? 0,
        ArmedSeconds = (uint)order.ArmedSeconds,
        MaxStallMs = order.MaxStallMs ?? 0,
        StallUsPerObject = order.StallMicrosecondsPerObject,
        BytesPerObject = order.BytesPerObject,
    };

    /// <summary>What an agent is told; of holds that end by themselves it hears again when they end.</summary>
    public static Hold ToHold(IReadOnlyList<CaptureHold> holds)
    {
        var hold = new Hold { All = holds.Any(one => one.IsForAll), Message = Cut(holds is [var first, ..] ? first.Sentence : "", LongestDetail) };
        hold.Services.Add(holds.Where(one => !one.IsForAll).Select(one => one.Service));
        return hold;
    }

    public static CaptureProgressReport ToReport(string agentId, CaptureProgress progress) => new()
    {
        AgentId = agentId,
        CaptureId = progress.CaptureId,
        Attempt = Number(progress.Attempt),
        Phase = (FleetProf.Contracts.Captures.CapturePhase)progress.Phase,
        DoneSeconds = Number(progress.DoneSeconds),
        TotalSeconds = Number(progress.TotalSeconds),
        Bytes = Math.Max(0, progress.Bytes),
    };

    /// <summary>A failure of a newer agent that has no name here is an internal error with that name in its detail.</summary>
    public static CaptureReport ToReport(string agentId, CaptureResult result)
    {
        var isKnown = Enum.TryParse<CaptureFailure>(result.Failure, out var failure) && Enum.IsDefined(failure) && !char.IsAsciiDigit(result.Failure[0]);
        var isSuccess = result.Failure.Length == 0;
        var detail = isSuccess || isKnown ? result.Detail : $"{result.Failure}: {result.Detail}";
        return new CaptureReport
        {
            AgentId = agentId,
            CaptureId = result.CaptureId,
            Attempt = Number(result.Attempt),
            Failure = isSuccess ? CaptureFailure.None : isKnown ? failure : CaptureFailure.InternalError,
            Detail = detail.Length == 0 ? null : Cut(detail, LongestDetail),
            Sha256 = Cut(result.Sha256, LongestId),
            SizeBytes = Math.Max(0, result.Bytes),
            IsPartial = result.IsPartial,
            IsBiased = result.IsBiased,
            // No database stores what is no number, and a campaign whose rows cannot be written never closes.
            StallMs = Finite(result.StallMs),
            CollectedSeconds = Number(result.CollectedSeconds),
            Trigger = result.Trigger is null ? null : ToTrigger(result.Trigger),
        };
    }

    /// <summary>The campaign that a frame belongs to. Null when it names no capture, which a grain must not be activated for.</summary>
    public static string? CampaignOf(string captureId) => IsId(captureId) ? CaptureId.CampaignOf(captureId) : null;

    private static bool IsId(string text) =>
        text.Length is > 0 and <= LongestId && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');

    private static TriggerPause ToTrigger(LongGc pause) => new()
    {
        Number = pause.Number,
        Generation = Number(pause.Generation),
        Kind = pause.Kind switch
        {
            PauseKind.Foreground => "foreground",
            PauseKind.BackgroundInitial or PauseKind.BackgroundFinal => "background",
            _ => "blocking",
        },
        Reason = Cut(pause.Reason, LongestId),
        PauseMs = Finite(pause.PauseMs),
        SuspendMs = Finite(pause.SuspendMs),
        EndedAt = DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(pause.EndedUnixMs, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())),
        PromotedBytes = Math.Max(0, pause.PromotedBytes),
        Evidence = Cut(pause.Evidence, LongestDetail),
    };

    private static double Finite(double number) => double.IsFinite(number) ? Math.Max(0, number) : 0;

    private static int Number(uint number) => (int)Math.Min(number, int.MaxValue);

    /// <summary>Without control characters: these texts go to logs and terminals.</summary>
    private static string Cut(string text, int longest)
    {
        var cut = text.Length <= longest ? text : text[..longest];
        return cut.Any(char.IsControl) ? string.Concat(cut.Select(character => char.IsControl(character) ? ' ' : character)) : cut;
    }
}
