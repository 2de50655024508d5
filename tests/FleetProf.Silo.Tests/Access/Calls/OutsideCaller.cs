using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Tests.Access.Calls;

/// <summary>Calls a silo from outside, as a portal does.</summary>
internal static class OutsideCaller
{
    /// <summary>From here on, for what the calling method calls after it awaited nothing else: the portal itself.</summary>
    public static void AsPortal() => RequestContext.Set(Caller.Key, Caller.Portal);

    public static void As(string credentialId) => RequestContext.Set(Caller.Key, new Caller { CredentialId = credentialId, Name = "told", Address = "10.0.0.7" });

    /// <summary>Credential of a fresh admin token.</summary>
    public static async Task<string> AdminAsync(IGrainFactory grains)
    {
        AsPortal();
        return IdOf(await grains.GetGrain<IAccessGrain>("local").IssueApiTokenAsync($"test {Guid.NewGuid():N}"));
    }

    public static string IdOf(string token) => token.Split('_')[1];
}
