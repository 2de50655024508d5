using FleetProf.Contracts;

namespace FleetProf.Portal.Problems;

/// <summary>
/// What a page says of a failure: "The silo cannot be reached, so nothing was stopped. Try again." Without its database, with damaged state or a fault of
/// FleetProf a silo is there, and another step helps.
/// </summary>
internal static class OutageSentence
{
    public const string MayBeOld = "; what is shown may be old";

    public const string Check = "Check that it runs.";

    public const string TryAgain = "Try again.";

    public const string KeepsTrying = "The portal keeps trying.";

    public static string Of(Exception failure) => Of(failure, "", "If it was stopped, start it again: fleetprof up.");

    /// <param name="failure">Why the silo did not do it. Its message may name hosts, which are not for everybody who looks.</param>
    /// <param name="consequence">For the page, with what joins it: ", so nothing was stopped".</param>
    /// <param name="step">What comes next where the silo itself is away.</param>
    public static string Of(Exception failure, string consequence, string step = Check)
    {
        if (StateDamage.In(failure) is { } damage)
        {
            return $"Stored state is damaged{consequence}. {damage}";
        }

        if (CatalogOutage.IsCauseOf(failure))
        {
            // What somebody asked for does not come by itself.
            var last = step == TryAgain ? " Try again then." : "";
            return $"The silo cannot use its database{consequence}. The silo's /health/ready says what is wrong; the silo goes on by itself once the database works again.{last}";
        }

        return SiloFailure.IsUnavailable(failure)
            ? $"The silo cannot be reached{consequence}. {step}"
            : $"The silo answered with a fault{consequence}. This is a fault of FleetProf: the portal's log says more; report it.";
    }
}
