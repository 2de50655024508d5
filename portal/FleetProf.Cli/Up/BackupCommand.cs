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
        return CliCommand.Create(
            "backup",
            "Back up the silo on this host while it runs: catalog, files of captures, certificate authority. Its other settings are those of its environment (FleetProf__Silo__Database and so on).",
            [target, silo, withKey],
            (context, cancellationToken) => SiloProgram.RunAsync(
                "backup", [.. Settings(context, silo, context.Get(target)!), $"--FleetProf:Backup:WithKey={context.Get(withKey)}"], cancellationToken));
    }

    internal static Option<string?> SiloFolder() => new("--silo-folder") { Description = "The silo's data folder. Default: that of this installation.", HelpName = "FOLDER" };

    internal static IEnumerable<string> Settings(CliContext context, Option<string?> silo, string folder) =>
        [$"--FleetProf:Silo:DataFolder={Path.GetFullPath(context.Get(silo) ?? Path.Combine(context.DataFolder, "silo"))}", $"--FleetProf:Backup:Folder={Path.GetFullPath(folder)}"];
}
