using System.Security.Cryptography;
using System.Text;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;

namespace FleetProf.Portal.Hosting;

/// <summary>The token in the connection file. It lives as long as a token may, and is made anew when less than a third of that is left.</summary>
internal sealed partial class CliToken(IClusterClient cluster, TimeProvider clock, ILogger<CliToken> log)
{
    public static readonly TimeSpan LooksEvery = TimeSpan.FromDays(1);

    /// <summary>After a look that failed: the token of the file may have ended already.</summary>
    public static readonly TimeSpan LooksAgainAfter = TimeSpan.FromMinutes(5);

    private const int LongestHostName = 40;

    private static readonly TimeSpan LeastLeft = TimeSpan.FromDays(ApiTokenRequest.LongestLifeDays) / 3;

    /// <summary>
    /// Which token of the file, null where there is none, is replaced by which, null until that is issued. It ended the earlier one, and the file may take
    /// a while to be written: until then it is known here alone.
    /// </summary>
    private (string? Old, string? New) _replacement;

    /// <summary>Whether the file has still to get the new token: one that cannot be read for a moment is none that was taken away.</summary>
    private bool _isPending;

    private IAccessGrain Access => cluster.GetGrain<IAccessGrain>(AccessSetup.GrainKey);

    /// <summary>A new token ends the earlier one of its name, so portals with files of their own have names of their own. At most 64 characters.</summary>
    public static string NameFor(string connectionFile, string hostName)
    {
        var file = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(connectionFile))));
        return $"cli@{(hostName.Length > LongestHostName ? hostName[..LongestHostName] : hostName)}:{file[..8]}";
    }

    /// <summary>At the start of a portal: a running CLI keeps its token over a restart, but for one that ends before long.</summary>
    public async Task<string> KeepOrIssueAsync(string path, CancellationToken cancellationToken)
    {
        CallerFlow.EnterAsPortal();
        var token = (await ConnectionFile.ReadAsync(path, cancellationToken))?.Token;
        return token is { Length: > 0 } && token != _replacement.Old && await Access.VerifyApiTokenAsync(token) is { } principal && !EndsSoon(principal)
            ? token
            : await ReplaceAsync(token, path);
    }

    /// <summary>While the portal runs: once a day, and sooner after a failure, until it is cancelled.</summary>
    public async Task KeepGoodAsync(string path, CancellationToken cancellationToken)
    {
        using var looks = new PeriodicTimer(LooksEvery, clock);
        while (await looks.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await RenewAsync(path, cancellationToken);
                looks.Period = _isPending ? LooksAgainAfter : LooksEvery;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogNotRenewed(failure);
                looks.Period = LooksAgainAfter;
            }
        }
    }

    /// <summary>Replaces the token of a file when it ends soon. A file that was taken away, and a token that somebody revoked, stay so until the next start.</summary>
    private async Task RenewAsync(string path, CancellationToken cancellationToken)
    {
        CallerFlow.EnterAsPortal();
        if (await ConnectionFile.ReadAsync(path, cancellationToken) is { Token.Length: > 0 } file
            && (file.Token == _replacement.Old || (await Access.VerifyApiTokenAsync(file.Token) is { } principal && EndsSoon(principal))))
        {
            var token = await ReplaceAsync(file.Token, path);
            _isPending = true;
            await (file with { Token = token }).WriteAsync(path, cancellationToken);
            _isPending = false;
            LogRenewed(path);
        }
    }

    /// <summary>A new token in place of the file's: the same one until the file has it.</summary>
    private async Task<string> ReplaceAsync(string? old, string path)
    {
        if (old != _replacement.Old)
        {
            _replacement = (old, null);
        }

        var token = _replacement.New ?? await Access.IssueApiTokenAsync(NameFor(path, Environment.MachineName));
        _replacement = (old, token);
        return token;
    }

    private bool EndsSoon(AccessPrincipal principal) => principal.ExpiresAt - clock.GetUtcNow() < LeastLeft;

    [LoggerMessage(23, LogLevel.Information, "The CLI's token in {Path} was made anew")]
    private partial void LogRenewed(string path);

    [LoggerMessage(24, LogLevel.Warning, "The CLI's token could not be looked after; trying again in five minutes")]
    private partial void LogNotRenewed(Exception failure);
}
