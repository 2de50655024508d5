namespace FleetProf.Silo.Access.Enrolment;

/// <summary>What came of using a token.</summary>
internal enum RedeemResult
{
    Added,

    /// <summary>Another request with this token and key was faster; the token was not used again.</summary>
    Known,

    /// <summary>The token has no use left, or is over.</summary>
    UsedUp,
}
