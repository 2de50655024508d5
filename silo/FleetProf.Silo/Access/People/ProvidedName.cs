using System.Globalization;
using System.Text;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Access.People;

/// <summary>
/// What somebody is called for whom an identity provider vouches. The provider, and often the person, chooses the name: one that a local account has, or that
/// is FleetProf's own in the audit log, gets the provider beside it.
/// </summary>
internal static class ProvidedName
{
    private const int LongestProvider = 32;

    /// <summary>Where a portal of an earlier version does not say which.</summary>
    private const string SomeProvider = "identity provider";

    /// <summary>Who runs what is scheduled; the name of its maker follows.</summary>
    private const string Schedule = "schedule of ";

    /// <summary>What the silo and the portal do by themselves, and whoever came by a login link.</summary>
    private static readonly string[] Reserved = [AgentRows.Silo, Caller.Portal.Name, "retention", "admin"];

    /// <param name="request">Of the portal.</param>
    /// <param name="accounts">Names of all local accounts.</param>
    public static string Of(SessionRequest request, IEnumerable<string> accounts)
    {
        var given = Visible(request.Name, PeopleGrain.LongestName);
        var name = given.Length > 0 ? given : Visible(request.Subject, PeopleGrain.LongestName);
        if (!IsTaken(name, accounts))
        {
            return name;
        }

        var provider = Visible(Uri.TryCreate(request.Issuer, UriKind.Absolute, out var issuer) ? issuer.Host : request.Issuer, LongestProvider);
        var mark = $"({(provider.Length > 0 ? provider : SomeProvider)})";
        return name.Length == 0 ? mark : $"{StorableText.Of(name, PeopleGrain.LongestName - mark.Length - 1)} {mark}";
    }

    /// <summary>The text without what nobody sees, which would make two of them look like one; so much of it at most.</summary>
    public static string Visible(string text, int mostChars) => StorableText.Of(
        string.Concat(text.EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format))).Trim(), mostChars);

    private static bool IsTaken(string name, IEnumerable<string> accounts) =>
        name.Length == 0 || name.StartsWith(Schedule, StringComparison.OrdinalIgnoreCase) || Reserved.Concat(accounts).Contains(name, StringComparer.OrdinalIgnoreCase);
}
