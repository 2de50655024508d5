namespace FleetProf.Silo.Campaigns;

/// <summary>Seeds that nobody chose. They come from ids, which are random already, so creating a campaign again draws the same.</summary>
internal static class CampaignSeeds
{
    /// <summary>FNV-1a of the id, cut to the integers that JSON keeps exactly.</summary>
    public static long Of(string id)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in id)
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        return (long)(hash >> 11);
    }
}
