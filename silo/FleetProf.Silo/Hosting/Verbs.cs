using FleetProf.Silo.Access.Certificates;

namespace FleetProf.Silo.Hosting;

/// <summary>What the silo's program does besides being a silo; the command line `fleetprof` runs it for its verbs.</summary>
internal static class Verbs
{
    /// <summary>The exit code; null when the arguments name no verb.</summary>
    public static int? Run(string[] args)
    {
        if (args is not [ClusterCommand.Verb, .. var rest])
        {
            return null;
        }

        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(rest).Build();
        return ClusterCommand.Run(configuration, Console.Out, Console.Error);
    }
}
