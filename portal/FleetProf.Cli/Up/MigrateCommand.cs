using System.CommandLine;

namespace FleetProf.Cli.Up;

/// <summary>The verb `migrate`: tables of this version before its first silo starts.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var folder = new Option<string?>("--silo-folder") { Description = "Data folder of a silo without PostgreSQL. Default: that of this installation.", HelpName = "FOLDER" };
        return CliCommand.Create(
            "migrate",
            "Bring the silo's tables up to this version. The database is the one that FleetProf__Silo__Database names, so that no password is on a command line.",
            [folder],
            (context, cancellationToken) => SiloProgram.RunAsync(
                "migrate", [$"--FleetProf:Silo:DataFolder={BackupCommand.DataFolderOf(context, folder)}"], cancellationToken));
    }
}
