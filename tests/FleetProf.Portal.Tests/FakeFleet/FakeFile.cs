namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>A made-up result file.</summary>
internal sealed record FakeFile(string Name, string ContentType, byte[] Content)
{
    public string Sha256 { get; } = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Content));
}
