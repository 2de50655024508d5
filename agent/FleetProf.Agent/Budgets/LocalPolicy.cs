using System.Globalization;
using FleetProf.AgentProtocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Budgets;

/// <summary>The host owner's last word on captures. Vitals go on whatever it says. Thread-safe.</summary>
public sealed partial class LocalPolicy
{
    private readonly Lock gate = new();
    private readonly PolicyFile file;
    private readonly CaptureHistory history;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private bool hasNews;

    /// <summary>The built-in rules, without a memory that outlives this object.</summary>
    public LocalPolicy()
        : this(null, null, TimeProvider.System, NullLogger<LocalPolicy>.Instance)
    {
    }

    /// <param name="path">The policy file; null: the built-in rules.</param>
    /// <param name="folder">Remembers rates and cool-downs over a restart; null: nothing does.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told what is wrong with the file.</param>
    public LocalPolicy(string? path, StateFolder? folder, TimeProvider time, ILogger<LocalPolicy> logger)
    {
        (file, history, this.time, this.logger) = (new PolicyFile(path), new CaptureHistory(folder), time, logger);
        if (history.IsLost) LogHistoryLost();
        Look();
        hasNews = false;
    }

    /// <summary>The Go programs to watch, as of the last look at the file; none while the file cannot be used.</summary>
    public IReadOnlyList<GoProgramRule> GoPrograms
    {
        get
        {
            lock (gate) return file.Rules?.GoPrograms ?? [];
        }
    }

    /// <summary>Null when allowed, else one sentence that names the rule and the policy file. Counts the capture against its rates only when <see cref="Started"/> is called.</summary>
    public string? Refuse(CaptureKind kind, string service, string instanceId)
    {
        lock (gate)
        {
            if (Forbid(kind, service) is { } rule) return rule;
            var rules = file.Rules!;
            var now = time.GetUtcNow();
            if (history.InLastHour(now) >= rules.MaxCapturesPerHour) return Refusal($"maxCapturesPerHour is {rules.MaxCapturesPerHour}, and so many captures began on this host in the last hour");
            if (kind != CaptureKind.Gcdump || history.LastSnapshot(instanceId, now) is not { } last) return null;
            var rest = last + TimeSpan.FromSeconds(rules.GcdumpCooldownSeconds) - now;
            return rest > TimeSpan.Zero ? Refusal($"gcdumpCooldownSeconds is {rules.GcdumpCooldownSeconds}; the next heap snapshot of this process is possible in {Math.Ceiling(rest.TotalSeconds):0} s") : null;
        }
    }

    /// <summary>
    /// Why the file allows no capture of this kind of this service, whatever ran before; null when it may allow one. Without rates and
    /// rests, so that a capture which was accepted can be asked about again.
    /// </summary>
    public string? Forbid(CaptureKind kind, string service)
    {
        lock (gate)
        {
            Look();
            if (DenialOf(service) is { } denial) return denial;
            var name = PolicyRules.NameOf(kind);
            return file.Rules!.AllowedKinds.Contains(name) ? null : Refusal($"allowedKinds does not hold {name}");
        }
    }

    /// <summary>As the other overload, and the order's duration, size and wait as well.</summary>
    public string? Refuse(StartCapture order, string service)
    {
        ArgumentNullException.ThrowIfNull(order);
        lock (gate)
        {
            if (Refuse(order.Kind, service, order.InstanceId) is { } refusal) return refusal;
            var rules = file.Rules!;
            if (order.DurationSeconds > rules.MaxDurationSeconds) return Refusal($"maxDurationSeconds is {rules.MaxDurationSeconds}, the capture asks for {order.DurationSeconds}");
            if (order.MaxBytes > rules.MaxBytes) return Refusal($"maxBytes is {rules.MaxBytes}, the capture asks for {order.MaxBytes}");
            return order.WhenPauseOverMs > 0 && order.ArmedSeconds > rules.MaxArmedSeconds
                ? Refusal($"maxArmedSeconds is {rules.MaxArmedSeconds}, the capture may wait {order.ArmedSeconds} for its pause")
                : null;
        }
    }

    /// <summary>
    /// Why an order that waits for a pause has to come again later: its service rests since a capture had the pause that it waited for. Null when it does not. No
    /// refusal, for the rest passes by itself.
    /// </summary>
    public string? RestOf(StartCapture order, string service)
    {
        ArgumentNullException.ThrowIfNull(order);
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (order.WhenPauseOverMs <= 0 || file.Rules is not { } rules || history.LastFired(service, now) is not { } last) return null;
            var rest = last + TimeSpan.FromSeconds(rules.PauseTriggerCooldownSeconds) - now;
            return rest > TimeSpan.Zero
                ? Refusal($"pauseTriggerCooldownSeconds is {rules.PauseTriggerCooldownSeconds}; the next capture that waits for a pause of {service} is possible in {Math.Ceiling(rest.TotalSeconds):0} s")
                : null;
        }
    }

    /// <summary>Why the file allows no snapshot of a heap of so many bytes, whatever the order says of its stop; null when it allows it.</summary>
    public string? RefuseStall(long heapBytes, string service)
    {
        lock (gate)
        {
            if (Forbid(CaptureKind.Gcdump, service) is { } rule) return rule;
            var seconds = PolicyRules.LongestStall(heapBytes);
            return file.Rules!.MaxStallSeconds is not { } longest || seconds <= longest ? null : Refusal(string.Create(
                CultureInfo.InvariantCulture,
                $"maxStallSeconds is {longest}, and by the most careful estimate a snapshot of a heap of {heapBytes / 1_000_000} MB stops the process for {seconds:0.0} s"));
        }
    }

    /// <summary>Why captures of this service are never allowed; null when they may be.</summary>
    public string? DenialOf(string service)
    {
        lock (gate)
        {
            if (file.Rules is not { } rules) return $"The policy file {file.Name} cannot be used, so nothing is captured on this host: {file.Problem}.";
            return rules.Denies(service) ? Refusal($"denyServices holds {service}") : null;
        }
    }

    /// <summary>The capture begins now: rates and cool-downs count from here, also over a restart of the agent.</summary>
    /// <exception cref="IOException">It could not be remembered, so it must not begin.</exception>
    public void Started(CaptureKind kind, string service, string instanceId)
    {
        lock (gate) history.Add(kind, instanceId, time.GetUtcNow());
    }

    /// <summary>The pause came that a capture waited for: its service's cool-down counts from here, also over a restart of the agent.</summary>
    /// <exception cref="IOException">It could not be remembered, so nothing may be kept of it.</exception>
    public void Fired(CaptureKind kind, string service, string instanceId)
    {
        lock (gate) history.AddFired(kind, service, instanceId, time.GetUtcNow());
    }

    /// <summary>Looks whether the file has changed; true when it has since the last call, also where a question about a capture has seen it first.</summary>
    public bool Refresh()
    {
        lock (gate)
        {
            Look();
            var told = hasNews;
            hasNews = false;
            return told;
        }
    }

    private void Look()
    {
        if (!file.Refresh()) return;
        hasNews = true;
        if (file.Rules is null) LogUnusable(file.Name, file.Problem);
        else LogRead(file.Name);
    }

    private string Refusal(string rule) => $"The policy of this host ({file.Name}) refuses: {rule}.";

    [LoggerMessage(Level = LogLevel.Error, Message = "The policy file {File} cannot be used; every capture is refused until it is corrected: {Problem}")]
    private partial void LogUnusable(string file, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "The policy file {File} is in force")]
    private partial void LogRead(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The memory of earlier captures was not readable; rates and cool-downs begin anew")]
    private partial void LogHistoryLost();
}
