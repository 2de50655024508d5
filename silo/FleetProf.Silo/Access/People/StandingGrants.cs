using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Access.People;

/// <summary>
/// What somebody may do now who is not here: the maker of a schedule, known by the session or token that it was made with. People of an identity provider,
/// and who came by a login link, are not known between their sessions: they have what they had.
/// </summary>
internal sealed class StandingGrants(CredentialTable credentials, AccountTable accounts)
{
    /// <summary>Null when they still may; else why not, for people.</summary>
    /// <param name="credentialId">Of the session or token.</param>
    /// <param name="needs">All of them.</param>
    /// <param name="services">All of them.</param>
    public async Task<string?> ProblemOfAsync(string credentialId, IEnumerable<Permission> needs, IEnumerable<string> services)
    {
        if (await credentials.FindAsync(credentialId) is not { } row)
        {
            return "The session or token that it was made with is not known any more.";
        }

        var held = await HeldAsync(row);
        if (held.Count == 0)
        {
            return row.Kind == (long)CredentialKind.ApiToken
                ? $"The API token '{row.Name}' that it was made with was revoked or has expired, and '{row.CreatedBy}' has made no other of that name."
                : $"The account '{row.Name}' that it was made with was removed.";
        }

        return held.Any(grants => needs.All(grants.Allows) && services.All(grants.Covers)) ? null : $"'{row.Name}', who made it, may not do this any more.";
    }

    /// <summary>Each by itself: what two tokens hold together, neither may do.</summary>
    private async Task<IReadOnlyList<Grants>> HeldAsync(CredentialRow row) => (CredentialKind)row.Kind switch
    {
        CredentialKind.ApiToken => [.. (await credentials.FindGoodTokensAsync(row.Name, row.CreatedBy)).Select(token => token.Grants)],
        CredentialKind.PasswordSession => await accounts.FindAsync(row.Name) is { } account ? [account.Grants] : [],
        _ => [row.Grants],
    };
}
