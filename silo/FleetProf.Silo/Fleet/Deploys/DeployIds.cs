using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FleetProf.Silo.Fleet.Deploys;

/// <summary>Ids that follow from what they name, so that recording or planning twice cannot make two.</summary>
internal static class DeployIds
{
    /// <summary>Of the first appearance of a version, or of an announced start.</summary>
    public static string Deploy(string service, string environment, string version, long? announcedAt) =>
        $"d-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize<object?[]>([service, environment, version, announcedAt]))))[..24]}";

    /// <summary>Of the comparison after a deploy.</summary>
    public static string Comparison(string deployId) => $"c-{deployId}";
}
