namespace FleetProf.Contracts.Access;

/// <summary>How somebody came in. Stored as numbers.</summary>
public enum CredentialKind
{
    None = 0,

    /// <summary>A program's bearer token.</summary>
    ApiToken = 1,

    /// <summary>A browser after a one-time link.</summary>
    LinkSession = 2,

    /// <summary>A browser after the password of a local account.</summary>
    PasswordSession = 3,

    /// <summary>A browser after an identity provider.</summary>
    OidcSession = 4,
}
