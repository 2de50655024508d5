using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.Access;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.Access;

/// <summary>Query of the audit log.</summary>
public sealed record AuditListQuery
{
    [Description("Exact name of who did it."), StringLength(128, MinimumLength = 1)]
    [FromQuery(Name = "actor")]
    public string? Actor { get; init; }

    [Description("An action such as campaign.create, or its beginning; led by ! all others, as !agent.renew."), StringLength(128, MinimumLength = 1)]
    [FromQuery(Name = "action")]
    public string? Action { get; init; }

    [FromQuery(Name = "decision")]
    public AuditDecision? Decision { get; init; }

    [Description("At or after this time.")]
    [FromQuery(Name = "from")]
    public DateTimeOffset? From { get; init; }

    [Description("At or before this time.")]
    [FromQuery(Name = "to")]
    public DateTimeOffset? To { get; init; }

    [Description("Rows before this one; or after it, where the oldest come first.")]
    [FromQuery(Name = "cursor")]
    public long? Cursor { get; init; }

    [Description("Begin with the oldest row.")]
    [FromQuery(Name = "oldestFirst")]
    public bool? OldestFirst { get; init; }

    [Description("Rows at most; default 100."), Range(1, 1000)]
    [FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    public AuditQuery ToQuery() => new()
    {
        Actor = Actor, Action = Action, Decision = Decision, From = From, To = To, Cursor = Cursor, OldestFirst = OldestFirst ?? false, Limit = Limit ?? 100,
    };
}
