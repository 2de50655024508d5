using System.Globalization;
using FleetProf.Contracts.Campaigns;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Scenarios;

/// <summary>The stored state of a campaign that is over cannot be read, and is put back. Throws <see cref="InvalidOperationException"/> with what is not as it must be.</summary>
internal sealed class PoisonedRow
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private string campaign = "";
    private string before = "";

    /// <summary>Of the newest campaign that is over; both silos then load it anew.</summary>
    public async Task PoisonAsync(FleetUnderFault fleet)
    {
        campaign = fleet.History.Events.Last(line => line is { Kind: HistoryKind.Stored, Campaign: not null }).Campaign!;
        before = await ReadAsync(fleet) ?? throw new InvalidOperationException($"Campaign {campaign} could not be read before its state was spoilt.");
        await fleet.Database.ExecuteAsync(FleetUnderFault.DatabaseName, $"CREATE TABLE IF NOT EXISTS kept_state AS SELECT * FROM grain_state WHERE false; DELETE FROM kept_state; INSERT INTO kept_state SELECT * FROM grain_state WHERE grain_id LIKE '%{campaign}'");
        await fleet.Database.ExecuteAsync(FleetUnderFault.DatabaseName, OnOneRow($"UPDATE grain_state SET payload = decode('ff00deadbeef', 'hex') WHERE grain_id LIKE '%{campaign}'"));
        await LoadAnewAsync(fleet);
        if (await ReadAsync(fleet) is not null)
        {
            throw new InvalidOperationException($"Campaign {campaign} is read though its state is spoilt.");
        }

        if (!await Wait.UntilAsync(AnswerLimit, async () => (await fleet.Calls.CapturesAsync()).Count > 0))
        {
            throw new InvalidOperationException($"The list of captures does not answer while the state of campaign {campaign} is spoilt.");
        }
    }

    public async Task RepairAsync(FleetUnderFault fleet)
    {
        await fleet.Database.ExecuteAsync(FleetUnderFault.DatabaseName, OnOneRow(
            $"UPDATE grain_state SET payload = kept.payload FROM kept_state AS kept WHERE grain_state.grain_id = kept.grain_id AND grain_state.state_name = kept.state_name AND grain_state.grain_id LIKE '%{campaign}'"));
        await LoadAnewAsync(fleet);
        var after = await ReadAsync(fleet);
        if (after != before)
        {
            throw new InvalidOperationException($"Campaign {campaign} reads otherwise after the repair of its state: {after ?? "not at all"} instead of {before}");
        }
    }

    private static async Task LoadAnewAsync(FleetUnderFault fleet)
    {
        await Task.WhenAll(fleet.SiloParts.Select(silo => silo.KillAsync()));
        for (var silo = 0; silo < FleetUnderFault.Silos; silo++)
        {
            await fleet.StartSiloAsync(silo);
        }

        // Whatever the campaign answers next, it is not that the portal has no silo yet.
        if (!await Wait.UntilAsync(FleetUnderFault.Ample, async () => (await fleet.Calls.CapturesAsync()).Count >= 0))
        {
            throw new InvalidOperationException("The list of captures does not answer after both silos were started again.");
        }
    }

    /// <summary>Null when the portal says for 20 s that it cannot; a campaign that is unknown is lost.</summary>
    private async Task<string?> ReadAsync(FleetUnderFault fleet)
    {
        string? text = null;
        await Wait.UntilAsync(AnswerLimit, async () =>
        {
            text = Describe(await fleet.Calls.CampaignAsync(campaign) ?? throw new InvalidOperationException($"Campaign {campaign} is said to be unknown."));
            return true;
        });
        return text;
    }

    private static string Describe(Campaign read) => string.Create(
        CultureInfo.InvariantCulture,
        $"{read.CampaignId} {read.State} {read.CreatedAt:O} {read.EndedAt:O}: {string.Join(", ", read.Targets.Select(target => $"{target.CaptureId}#{target.Attempt} of {target.InstanceId} {target.State} {target.Failure}"))}");

    /// <summary>Fails unless it is so many.</summary>
    private static string OnOneRow(string update) => $"DO $check$ DECLARE touched integer; BEGIN {update}; GET DIAGNOSTICS touched = ROW_COUNT; IF touched <> 1 THEN RAISE EXCEPTION 'it touched % rows', touched; END IF; END $check$";
}
