using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Backups;

namespace FleetProf.Silo.Hosting;

/// <summary>What the silo's program does besides being a silo; the command line `fleetprof` runs it for its verbs.</summary>
internal static class Verbs
{
    /// <summary>The exit code; null when the arguments name no verb.</summary>
    public static int? Run(string[] args)
    {
        return args switch
        {
            [ClusterCommand.Verb, .. var rest] => ClusterCommand.Run(Read(rest), Console.Out, Console.Error),
            [AuditCommand.Verb, .. var rest] => AuditCommand.Run(Read(rest), Console.Out, Console.Error),
            [MigrateCommand.Verb, .. var rest] => MigrateCommand.Run(Read(rest), Console.Out, Console.Error),
            [BackupCommand.Verb, .. var rest] => BackupCommand.Run(Read(rest), Console.Out, Console.Error),
            [RestoreCommand.Verb, .. var rest] => RestoreCommand.Run(Read(rest), Console.Out, Console.Error),
            _ => null,
        };
    }

    private static IConfigurationRoot Read(string[] args) =>
        new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).AddEnvironmentVariables().AddCommandLine(args).Build();
}
