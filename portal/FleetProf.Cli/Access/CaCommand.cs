using System.CommandLine;
using System.Globalization;
using FleetProf.Cli.Up;

namespace FleetProf.Cli.Access;

/// <summary>The verb `ca`: certificates by which silos and portals know each other.</summary>
internal static class CaCommand
{
    public static Command Create() => CliCommand.Group("ca", "Make certificates by which silos and portals know each other.", Cluster());

    private static Command Cluster()
    {
        var target = new Option<string>("--out") { Description = "Folder for the files; one folder per role (and name) is made in it.", HelpName = "FOLDER", Required = true };
        var authority = new Option<string?>("--authority") { Description = "The authority's folder; it is made where there is none. Default: that of the silo of this installation.", HelpName = "FOLDER" };
        var role = new Option<string?>("--role") { Description = "silo or portal. Default: one of each." };
        role.AcceptOnlyFromAmong("silo", "portal");
        var names = new Option<string[]>("--name") { Description = "Of the silo or portal, for logs; may be repeated. Default: the name of this host." };
        var days = new Option<int>("--days") { Description = "How long the certificates are valid. Default: 90.", DefaultValueFactory = _ => 90 };
        return CliCommand.Create("cluster", "Make certificates for silos and portals, and the authority where there is none.", [target, authority, role, names, days], async (context, cancellationToken) =>
        {
            string[] settings =
            [
                $"--FleetProf:Ca:Out={CliContext.FullPathOf(context.Get(target)!, "--out")}",
                $"--FleetProf:Ca:Authority={CliContext.FullPathOf(context.Get(authority) ?? Path.Combine(context.DataFolder, "silo", "authority"), "--authority")}",
                string.Create(CultureInfo.InvariantCulture, $"--FleetProf:Ca:Days={context.Get(days)}"),
                .. context.Get(role) is { } one ? (string[])[$"--FleetProf:Ca:Role={one}"] : [],
                .. context.Get(names) is { Length: > 0 } given ? (string[])[$"--FleetProf:Ca:Names={string.Join(',', given)}"] : [],
            ];
            return await SiloProgram.RunAsync("ca-cluster", settings, cancellationToken);
        });
    }
}
