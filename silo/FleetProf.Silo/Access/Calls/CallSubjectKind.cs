namespace FleetProf.Silo.Access.Calls;

/// <summary>How a call names the services that it is about.</summary>
internal enum CallSubjectKind
{
    /// <summary>It does not, or its result does.</summary>
    None,

    /// <summary>The grain's key is a service.</summary>
    ServiceKey,

    /// <summary>An argument is a service, or a query or request that holds one; null: of all services.</summary>
    Service,

    /// <summary>An argument says whom to capture.</summary>
    Spec,

    /// <summary>The grain's key is a campaign.</summary>
    CampaignKey,

    /// <summary>An argument is the id of a campaign.</summary>
    Campaign,

    /// <summary>An argument is the id of a capture.</summary>
    Capture,

    /// <summary>The first two arguments are ids of captures.</summary>
    TwoCaptures,

    /// <summary>An argument is a list of ids of captures, two at most.</summary>
    CaptureList,

    /// <summary>An argument is an id of something else, for the audit log.</summary>
    Id,
}
