using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace FleetProf.Agent.Access;

/// <summary>Options of section FleetProf:Join, for the one time that a host joins: by the verb `join`, or when an agent that has not joined starts with them.</summary>
internal sealed class JoinOptions
{
    public const string Section = "FleetProf:Join";

    /// <summary>Enrolment address of the silo, https.</summary>
    public string Url { get; set; } = "";

    /// <summary>Of `fleetprof agent token create`. Set it through the environment, FleetProf__Join__Token: command lines can be read by everybody on the host.</summary>
    public string Token { get; set; } = "";

    /// <summary>"sha256:" and the hash of the authority's root certificate, which the host trusts and no other.</summary>
    public string CaHash { get; set; } = "";

    /// <summary>
    /// File with address, token and hash, as `fleetprof agent token create --output json` prints them; for containers that get theirs as a mounted secret.
    /// Default: none. What is set beside it goes before it.
    /// </summary>
    public string? Invitation { get; set; }

    /// <summary>How long to wait for approval. Default: 15 minutes.</summary>
    public TimeSpan Wait { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Replaces an enrolment that is still valid. Default: false.</summary>
    public bool Again { get; set; }

    /// <exception cref="IOException">The invitation cannot be read, or is none.</exception>
    public static JoinOptions Read(IConfiguration configuration)
    {
        var options = new JoinOptions();
        configuration.GetSection(Section).Bind(options);
        if (options.Invitation is not { Length: > 0 } file) return options;
        try
        {
            var invitation = JsonSerializer.Deserialize<InvitationFile>(File.ReadAllBytes(file), JsonSerializerOptions.Web) ?? throw new JsonException();
            if (options.Url.Length == 0) options.Url = invitation.JoinUrl;
            if (options.Token.Length == 0) options.Token = invitation.Token;
            if (options.CaHash.Length == 0) options.CaHash = invitation.CaHash;
            return options;
        }
        catch (Exception error) when (error is JsonException or UnauthorizedAccessException or IOException)
        {
            // Never its text: a token is in it.
            var reason = error is IOException or UnauthorizedAccessException ? error.Message : "it is not what `fleetprof agent token create --output json` prints.";
            throw new IOException($"{Section}:{nameof(Invitation)} = {file}: {reason}", error);
        }
    }

    public IEnumerable<string> Problems()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var address) || address.Scheme != "https" || address.AbsolutePath != "/" || address.UserInfo.Length > 0)
            yield return $"'{Url}' is no address to join at. Write https://HOST:7444, as `fleetprof agent token create` prints it.";
        // Never the token itself: messages end up in logs.
        if (!Token.StartsWith("fpe_", StringComparison.Ordinal)) yield return "The join token is missing, or is none: it begins with fpe_.";
        if (CaHash.Length != 71 || !CaHash.StartsWith("sha256:", StringComparison.Ordinal) || !CaHash[7..].All(char.IsAsciiHexDigit))
            yield return $"'{CaHash}' is no hash of an authority. Write sha256: and 64 hex digits, as `fleetprof agent token create` prints it.";
    }

    private sealed record InvitationFile
    {
        public string JoinUrl { get; init; } = "";

        public string Token { get; init; } = "";

        public string CaHash { get; init; } = "";
    }
}
