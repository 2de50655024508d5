namespace FleetProf.Contracts.Captures;

/// <summary>Capture ids carry their campaign: "CAMPAIGN-ORDINAL", so that any report finds its campaign without a look-up.</summary>
public static class CaptureId
{
    /// <summary>The id of the capture at this place in its campaign.</summary>
    public static string Of(string campaignId, int ordinal) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{campaignId}-{ordinal:d4}");

    /// <summary>The campaign of a capture. Null when the text is no capture id.</summary>
    public static string? CampaignOf(string captureId)
    {
        var dash = captureId.LastIndexOf('-');
        return dash > 0 && dash < captureId.Length - 1 ? captureId[..dash] : null;
    }
}
