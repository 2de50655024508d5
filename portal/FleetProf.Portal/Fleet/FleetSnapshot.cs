using System.Collections.Immutable;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Fleet;

/// <summary>The live fleet at one moment; never changes once handed out.</summary>
public sealed record FleetSnapshot
{
    public static readonly FleetSnapshot Empty = new();

    /// <summary>Version of the silo; 0 before the first answer.</summary>
    public long Version { get; init; }

    /// <summary>When the silo last answered.</summary>
    public DateTimeOffset AsOf { get; init; }

    /// <summary>By instance id.</summary>
    public ImmutableDictionary<string, Instance> Instances { get; init; } = ImmutableDictionary.Create<string, Instance>(StringComparer.Ordinal);

    /// <summary>Why the rows may be old; null when all is well.</summary>
    public string? Problem { get; init; }

    /// <summary>Without the services that somebody's grants do not hold for.</summary>
    public FleetSnapshot For(Grants grants) => grants.CoversAll ? this : this with { Instances = Instances.Where(row => grants.Covers(row.Value.Service)).ToImmutableDictionary(StringComparer.Ordinal) };

    internal FleetSnapshot With(FleetChanges changes, DateTimeOffset asOf)
    {
        var rows = (changes.IsFull ? Instances.Clear() : Instances).ToBuilder();
        foreach (var instance in changes.Changed)
        {
            rows[instance.InstanceId] = instance;
        }

        rows.RemoveRange(changes.Removed);
        return this with { Version = changes.Version, AsOf = asOf, Instances = rows.ToImmutable(), Problem = null };
    }
}
