using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>
/// Looks before the start whether the authority by which agents have joined is there. Where its folder is lost, its share is not mounted, or a setting was
/// forgotten, the silo would make another one without a word, and refuse the whole fleet.
/// </summary>
internal sealed class AuthorityCheck(IOptions<EnrolmentOptions> options, IOptions<SiloOptions> silo, EnrolledTable agents)
{
    /// <summary>Changes nothing. An authority that somebody has put there passes, whichever it is: so it is said that the one before is lost.</summary>
    /// <exception cref="IOException">Agents have joined, and there is no authority; the message says the next step.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken = default)
    {
        var folder = AuthorityFolder.Of(options.Value, silo.Value);
        if (!options.Value.IsOn || folder.Exists || !await agents.HasAnyAsync(cancellationToken))
        {
            return;
        }

        var path = Path.GetFullPath(folder.Path);
        throw new IOException(
            $"Agents have joined, and there is no certificate authority in {path}, or none that the silo's user can read. Where silos share one, mount its share and name it in {EnrolmentOptions.Section}:{nameof(EnrolmentOptions.AuthorityFolder)}; "
            + "else copy the folder `authority` of the newest backup there, as the silo's user, and start the silo again. "
            + $"Where it is lost, make another on purpose as the silo's user, after which every host must join again: `fleetprof ca cluster --authority {path} --out FOLDER`");
    }
}
