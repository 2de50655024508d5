using System.Security.Authentication;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.People;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Access.Calls;

/// <summary>
/// Stands before every grain. Silos may call each other; whoever else calls must be allowed to, by what the catalog says of the caller now. What is
/// refused, and what is done, is in the audit log before the caller has its answer.
/// </summary>
internal sealed partial class CallGate(IServiceProvider services, CredentialTable credentials, AuditTable audit, ArtifactReads reads, TimeProvider clock, ILogger<CallGate> logger) : IIncomingGrainCallFilter
{
    public const string Ended = "The session or token has ended. Log in again, or make another token.";

    public const string Refused = "Your account may not do this. Ask an administrator of FleetProf.";

    private const int LongestSaid = 512;

    // The gate is made while the grain factory is.
    private readonly Lazy<CallSubjects> subjects = new(services.GetRequiredService<CallSubjects>);

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        (PendingAudit.Current, CallScope.Current) = (null, null);
        try
        {
            await (IsInside(context) || IsCancellation(context) ? context.Invoke() : AdmitAsync(context));
        }
        catch (Exception exception) when (CatalogException.In(exception) is { } problem)
        {
            throw problem.ForCallers();
        }
    }

    private async Task AdmitAsync(IIncomingGrainCallContext context)
    {
        var caller = RequestContext.Get(Caller.Key) as Caller;
        if (CallRules.Find(context.InterfaceMethod) is not { } rule)
        {
            throw await RefuseAsync(EntryOf(caller, null, new CallRule(Permission.None) { Action = $"call.{context.InterfaceMethod.Name}" }, CallSubject.Nothing), "Only silos call this.");
        }

        if (rule.IsOpen)
        {
            await context.Invoke();
            return;
        }

        if (caller is null)
        {
            throw await RefuseAsync(EntryOf(null, null, rule, CallSubject.Nothing), "The call carries no identity.");
        }

        await ForwardAsync(context, caller, rule);
    }

    private async Task ForwardAsync(IIncomingGrainCallContext context, Caller caller, CallRule rule)
    {
        var isPortal = caller.CredentialId == Caller.PortalCredential;
        var credential = isPortal ? null : await credentials.FindGoodAsync(caller.CredentialId);
        if (!isPortal && credential is null)
        {
            throw await EndAsync(caller, rule);
        }

        var grants = credential?.Grants ?? Grants.Everything;
        var subject = await subjects.Value.OfAsync(context, rule);
        var entry = EntryOf(caller, credential, rule, subject);
        if (isPortal ? !rule.IsPortals : !IsAllowed(grants, rule, subject))
        {
            throw await RefuseAsync(entry, Refused);
        }

        var isForeign = !subject.Services.All(grants.Covers);
        if (isForeign && !subject.IsHidden)
        {
            throw await RefuseAsync(entry, "Not for this service. Ask an administrator of FleetProf.");
        }

        if (isForeign)
        {
            await TellAsync(entry with { Decision = AuditDecision.Denied, Reason = "Not for this service." });
            if (!CallSubjects.Misdirect(context, rule))
            {
                context.Result = context.InterfaceMethod.ReturnType == typeof(Task<bool>) ? false : null;
                return;
            }
        }

        await CallAsync(context, rule, isForeign ? entry with { Action = "" } : entry, grants);
    }

    private async Task CallAsync(IIncomingGrainCallContext context, CallRule rule, AuditEntry entry, Grants grants)
    {
        var limit = grants.CoversAll ? int.MaxValue : CallTrim.Widen(context.Request, context.InterfaceMethod);
        var isAudited = rule.Action.Length > 0 && entry.Action.Length > 0;
        var pending = isAudited && !rule.TellsOnceAMinute ? new PendingAudit(entry) : null;
        PendingAudit.Current = pending;
        CallScope.Current = grants.CoversAll ? null : grants;
        try
        {
            await context.Invoke();
        }
        catch (Exception exception)
        {
            if (pending?.TryTake() == true && !rule.TellsRefusalsOnly)
            {
                await TellAsync(pending.Entry with { Decision = AuditDecision.Failed, Reason = exception.GetType().Name });
            }

            throw;
        }
        finally
        {
            (PendingAudit.Current, CallScope.Current) = (null, null);
        }

        // What was asked for and is not there gives nothing away.
        var isNothing = rule.IsReading && context.Result is null && pending?.Entry.Decision == AuditDecision.Allowed;
        if (!isNothing && pending?.TryTake() == true && (!rule.TellsRefusalsOnly || pending.Entry.Decision == AuditDecision.Denied))
        {
            // Nothing was written: it only reads, it has said why not, or there was nothing to do.
            var isSaid = rule.IsReading || pending.Entry.Decision is AuditDecision.Denied or AuditDecision.Failed;
            await TellAsync(isSaid ? pending.Entry : pending.Entry with { Decision = AuditDecision.Failed, Reason = "Nothing was changed." });
        }

        if (!grants.CoversAll && context.Result is { } result)
        {
            context.Result = CallTrim.Of(result, grants, limit);
            if (context.Result is null)
            {
                await TellAsync(entry with { Action = $"see.{context.InterfaceMethod.Name}", Target = context.Request.GetArgumentCount() > 0 ? context.Request.GetArgument(0) as string ?? "" : entry.Target, Decision = AuditDecision.Denied, Reason = "Not for this service." });
            }
        }

        if (isAudited && rule.TellsOnceAMinute && context.Result is not null)
        {
            // What fails, or finds nothing, gives nothing away.
            await reads.AddAsync(entry);
        }
    }

    private static bool IsAllowed(Grants grants, CallRule rule, CallSubject subject) =>
        rule.Needs != Permission.None && grants.Allows(rule.Needs) && (subject.Needs == Permission.None || grants.Allows(subject.Needs)) && (!rule.NeedsAll || grants.CoversAll);

    /// <summary>Grains, parts of the runtime, and the client that every silo has in itself; a portal is a client of its own.</summary>
    private static bool IsInside(IIncomingGrainCallContext context) =>
        context.TargetId.IsSystemTarget()
        || (context.SourceId is { } source && (!source.IsClient() || source.Key.ToString()!.StartsWith("hosted-", StringComparison.Ordinal)));

    /// <summary>By Orleans itself: a caller gives up a call that it has made, named by its own address and the number of the call.</summary>
    private static bool IsCancellation(IIncomingGrainCallContext context) =>
        context.InterfaceMethod.DeclaringType is { Namespace: "Orleans.Runtime", Name: "IGrainCallCancellationExtension" };

    private AuditEntry EntryOf(Caller? caller, CredentialRow? credential, CallRule rule, CallSubject subject) => new()
    {
        At = clock.GetUtcNow(),
        Actor = credential?.Name ?? caller?.Name ?? "",
        CredentialId = caller?.CredentialId ?? "",
        Role = (Role)(credential?.Role ?? 0),
        Address = caller?.Address ?? "",
        Action = rule.Action.Length > 0 ? rule.Action : rule.Needs == Permission.None ? "call" : $"see.{rule.Subject}".ToLowerInvariant(),
        Target = subject.Target,
        Services = string.Join(',', subject.Services),
        Decision = AuditDecision.Allowed,
        Reason = subject.Reason,
        CorrelationId = caller?.CorrelationId ?? "",
    };

    /// <summary>An open page asks again and again until it hears: only what it wanted to do is worth a row.</summary>
    private async Task<Exception> EndAsync(Caller caller, CallRule rule)
    {
        if (rule.Action.Length > 0)
        {
            await TellAsync(EntryOf(caller, null, rule, CallSubject.Nothing) with { Decision = AuditDecision.Denied, Reason = Ended });
        }

        return new AuthenticationException(Ended);
    }

    private async Task<Exception> RefuseAsync(AuditEntry entry, string reason)
    {
        await TellAsync(entry with { Decision = AuditDecision.Denied, Reason = reason });
        return new UnauthorizedAccessException(reason);
    }

    private Task TellAsync(AuditEntry entry)
    {
        if (entry.Decision == AuditDecision.Denied)
        {
            LogDenied(entry.Action, Said(entry.Target), Said(entry.Actor), Said(entry.Reason));
        }

        return audit.AddAsync(entry);
    }

    /// <summary>Callers, and strangers who want to come in, write some of it: a line break would begin a line of its own in the console's log.</summary>
    private static string Said(string text) => ProvidedName.Visible(text, LongestSaid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Access: {Action} of '{Target}' denied to '{Actor}': {Reason}")]
    private partial void LogDenied(string action, string target, string actor, string reason);
}
