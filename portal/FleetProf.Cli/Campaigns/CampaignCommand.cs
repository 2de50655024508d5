using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Campaigns;

namespace FleetProf.Cli.Campaigns;

/// <summary>The verbs `campaign …`.</summary>
internal static class CampaignCommand
{
    public static Command Create() => CliCommand.Group("campaign", "Sampled captures over services.", CampaignCreate.Create(), List(), Show(), Stop());

    /// <summary>Prints a campaign; its targets too where there is room for a second table.</summary>
    public static void Write(CliContext context, Campaign campaign)
    {
        ResultWriter.WriteOne(context, campaign, CampaignColumns.One);
        if (context.Output == OutputFormat.Table && campaign.Targets.Count > 0)
        {
            context.Console.Out.WriteLine();
            ResultWriter.WriteTable(context.Console, campaign.Targets, CampaignColumns.Targets);
        }
    }

    private static Command List()
    {
        var limit = new Option<int>("--limit") { Description = "Rows at most.", DefaultValueFactory = _ => 100 };
        return CliCommand.Create("list", "List campaigns, newest first.", [limit], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var path = QueryPath.Of("api/v1/campaigns", ("limit", Human.Of(context.Get(limit))));
            ResultWriter.WriteRows(context, await server.GetAsync<IReadOnlyList<CampaignRow>>(path, cancellationToken), CampaignColumns.List);
            return ExitCode.Success;
        });
    }

    private static Command Show()
    {
        var id = new Argument<string>("campaign") { Description = "Id of a campaign." };
        return CliCommand.Create("show", "Show one campaign and its targets.", [id], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            Write(context, await server.GetAsync<Campaign>($"api/v1/campaigns/{QueryPath.Segment(context.Get(id))}", cancellationToken));
            return ExitCode.Success;
        });
    }

    private static Command Stop()
    {
        var id = new Argument<string>("campaign") { Description = "Id of a campaign." };
        return CliCommand.Create("stop", "Stop everything of a campaign that is not final.", [id], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            Write(context, await server.PostAsync<Campaign>($"api/v1/campaigns/{QueryPath.Segment(context.Get(id))}/stop", null, cancellationToken));
            return ExitCode.Success;
        });
    }
}
