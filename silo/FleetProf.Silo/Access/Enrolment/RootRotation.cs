using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Certificates;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>
/// Changes the authority's root with the audit log beside it. Keys lie in files, which no transaction of the catalog holds: what is about to be done has
/// a row before it is, or is not done; the row of the call says what came of it.
/// </summary>
internal sealed class RootRotation(CertificateAuthority authority, AuditTable audit)
{
    /// <summary>The next step, or why it was not done.</summary>
    public async Task<RootChange> StepAsync()
    {
        var keys = authority.Keys;
        var step = (int)keys.NextStep;
        var (root, what) = Describe(keys);
        var pending = PendingAudit.Current;
        if (pending is not null)
        {
            pending.Explain(root, $"Step {step} of 3 begins: {what}.");
            await audit.AddAsync(pending.Entry);
        }

        try
        {
            var said = authority.Rotate();

            // A root that this step made had no name before.
            pending?.Explain(authority.Keys.NextRoot is { } made ? AuthorityKeys.HashOf(made) : root, $"Step {step} of 3: {said}");
            return new RootChange { Said = said };
        }
        catch (InvalidOperationException early)
        {
            pending?.Fail($"Step {step} of 3: {early.Message}");
            return new RootChange { Problem = early.Message };
        }
    }

    /// <summary>The next step in words, with the root or roots that it is about.</summary>
    private static (string Root, string What) Describe(AuthorityKeys keys)
    {
        var root = AuthorityKeys.HashOf(keys.Root);
        return keys.NextStep switch
        {
            RootStep.Sign => (AuthorityKeys.HashOf(keys.NextRoot!), $"to sign with this root instead of {root}"),
            RootStep.Forget => (string.Join(' ', keys.Roots.Skip(1).Select(AuthorityKeys.HashOf)), $"to trust {root} alone"),
            _ => (root, "to make another root beside this one"),
        };
    }
}
