using System.CommandLine;

namespace FleetProf.Cli.Up;

/// <summary>The verb `backup`: everything of a silo that must not be lost, while it runs.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("folder") { Description = "A new folder for the backup." };
        var silo = SiloFolder();
        var withKey = new Option<bool>("--with-key") { Description = "Put the artifact key into it too: whoever has the backup can read what was recorded." };
        var incomplete = new Option<bool>("--incomplete") { Description = "Back up the rest where the certificate authority or all files of captures are lost." };
        return CliCommand.Create(
            "backup",
            "Back up the silo on this host while it runs: catalog, files of captures, certificate authority. Where it keeps them is said by its settings in the environment: FleetProf__Silo__Database, FleetProf__Silo__Artifacts, FleetProf__Enrolment__AuthorityFolder, FleetProf__Captures__Store and so on.",
            [target, silo, withKey, incomplete],
            (context, cancellationToken) => SiloProgram.RunAsync(
                "backup", [.. Settings(context, silo, context.Get(target)!), $"--FleetProf:Backup:WithKey={context.Get(withKey)}", $"--FleetProf:Backup:Incomplete={context.Get(incomplete)}"], cancellationToken));
    }

    internal static Option<string?> SiloFolder() => new("--silo-folder") { Description = "The silo's data folder. Default: that of this installation.", HelpName = "FOLDER" };

    internal static IEnumerable<string> Settings(CliContext context, Option<string?> silo, string folder) =>
        [$"--FleetProf:Silo:DataFolder={DataFolderOf(context, silo)}", $"--FleetProf:Backup:Folder={CliContext.FullPathOf(folder)}"];

    /// <summary>Of the silo.</summary>
    internal static string DataFolderOf(CliContext context, Option<string?> silo) => CliContext.FullPathOf(context.Get(silo) ?? Path.Combine(context.DataFolder, "silo"), silo.Name);
}
