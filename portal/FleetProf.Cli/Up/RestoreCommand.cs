using System.CommandLine;

namespace FleetProf.Cli.Up;

/// <summary>The verb `restore`: a backup to where there is no silo.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("folder") { Description = "The folder of the backup." };
        var silo = BackupCommand.SiloFolder();
        return CliCommand.Create(
            "restore",
            "Check a backup and put it into an empty silo folder, or an empty database that FleetProf__Silo__Database names. The silo must be stopped.",
            [source, silo],
            (context, cancellationToken) => SiloProgram.RunAsync("restore", BackupCommand.Settings(context, silo, context.Get(source)!), cancellationToken));
    }
}
