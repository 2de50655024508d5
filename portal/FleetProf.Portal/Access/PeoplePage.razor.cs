using FleetProf.Contracts.Access;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Access;

/// <summary>Who is in, by which session or token, and a token for the next program.</summary>
public sealed partial class PeoplePage
{
    private IReadOnlyList<Credential>? _rows;
    private ApiTokenCreation? _made;
    private string? _problem;
    private string _name = "";
    private Role _role = Role.Viewer;
    private string _services = Grants.AllServices;
    private int _days = 30;

    /// <summary>Revoking is for ever: the button is pressed twice.</summary>
    private string? _doubted;

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] internal SessionVerifier Sessions { get; init; } = null!;

    private IPeopleGrain Grain => Cluster.GetGrain<IPeopleGrain>(0);

    protected override Task OnInitializedAsync() => LoadAsync();

    private Task LoadAsync() => AskAsync(async () => (_rows, _problem) = (await Grain.ListAsync(), null));

    private Task MakeTokenAsync() => AskAsync(async () =>
    {
        var services = _services.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        var made = await Grain.CreateTokenAsync(new ApiTokenRequest { Name = _name.Trim(), Role = _role, Services = services, LifeDays = _days });
        if (made.Problem is null)
        {
            _name = "";
            await LoadAsync();
        }

        (_made, _problem) = (made.Problem is null ? made : null, made.Problem);
    });

    private async Task RevokeAsync(string credentialId)
    {
        if (_doubted != credentialId)
        {
            _doubted = credentialId;
            return;
        }

        try
        {
            await AskAsync(async () =>
            {
                await Grain.RevokeAsync(credentialId);
                Sessions.End(credentialId);
                await LoadAsync();
            });
        }
        finally
        {
            // Not sooner: the button would say "Revoke" while that is under way.
            _doubted = null;
        }
    }

    private async Task AskAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure, OutageSentence.MayBeOld);
        }
    }

    /// <summary>How they came in. Names of an identity provider may change hands: who it is there tells its host and the subject.</summary>
    private static string WayOf(Credential row)
    {
        var issuer = Uri.TryCreate(row.Issuer, UriKind.Absolute, out var address) && address.Authority.Length > 0 ? address.Authority : row.Issuer;
        string[] parts = [WordOf(row.Kind), issuer, row.Subject.Length > 0 ? $"subject {row.Subject}" : ""];
        return string.Join(", ", parts.Where(part => part.Length > 0));
    }

    private static string WordOf(CredentialKind kind) => kind switch
    {
        CredentialKind.ApiToken => "API token",
        CredentialKind.LinkSession => "login link",
        CredentialKind.PasswordSession => "password",
        CredentialKind.OidcSession => "identity provider",
        _ => "",
    };
}
