using System.Text.Json;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Portal.Access;
using FleetProf.Portal.Operations;
using FleetProf.Portal.Problems;

namespace FleetProf.Portal.Campaigns;

/// <summary>Creates campaigns for REST: at most one per idempotency key, answered as an operation.</summary>
internal sealed class CampaignStarter(IClusterClient cluster, RunIds ids)
{
    /// <summary>Agents are back within seconds as a rule; the CLI waits no longer than this.</summary>
    private const string RetryAfterSeconds = "10";

    /// <param name="context">Gives caller and idempotency key.</param>
    /// <param name="spec">Who asked is filled in here.</param>
    /// <param name="fieldOf">Renames the silo's fields to those of the request.</param>
    public async Task<IResult> StartAsync(HttpContext context, CampaignSpec spec, Func<string, string> fieldOf)
    {
        var caller = PrincipalClaims.NameOf(context.User);
        var key = IdempotencyKey.Of(context.Request);
        if (IdempotencyKey.ProblemOf(key) is { } unusable)
        {
            return unusable;
        }

        if (CampaignLimits.Problems(spec).ToArray() is { Length: > 0 } problems)
        {
            return Problem.Invalid([.. problems.Select(problem => problem with { Field = fieldOf(problem.Field) })]);
        }

        var asked = spec with { RequestedBy = caller };
        var creation = await cluster.GetGrain<ICampaignGrain>(ids.ForKey(caller, key)).CreateAsync(asked, null, context.RequestAborted);
        if (creation.Problems.FirstOrDefault(problem => problem.Field == CaptureHold.Field) is { } hold)
        {
            return Problem.Conflict("Captures are on hold", hold.Message);
        }

        if (creation.Problems.FirstOrDefault(problem => problem.Field == CampaignProblem.Returning) is { } returning)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Problem.AgentsAway(returning.Message);
        }

        return creation.Campaign is not { } campaign
            ? Problem.Invalid([.. creation.Problems.Select(problem => new FieldProblem(fieldOf(problem.Field), problem.Message))])
            : IsSame(campaign.Spec, asked)
                ? OperationApi.Accepted(campaign)
                : IdempotencyKey.UsedBefore(key, $"campaign '{campaign.CampaignId}'");
    }

    /// <summary>Compares all that a caller chooses: the silo keeps a spec as it was sent, and a guard rail of before is not one that is asked for now.</summary>
    private static bool IsSame(CampaignSpec one, CampaignSpec other) => Chosen(one) == Chosen(other);

    /// <summary>Who asks is part of the id already.</summary>
    private static string Chosen(CampaignSpec spec) => JsonSerializer.Serialize(spec with { RequestedBy = "" });
}
