using System.Globalization;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Layout;

namespace FleetProf.Portal.GcPauses;

/// <summary>Which GC a page shows; all of it stands in the address.</summary>
internal sealed record GcAddress(string Instance, long Number, DateTimeOffset EndedAt)
{
    /// <summary>Null where the address names none.</summary>
    public static GcAddress? FromUri(string uri)
    {
        var query = new PageQuery(uri);
        return query.Text("instance") is { } instance && query.Time("at") is { } at
            && long.TryParse(query.Text("number"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new(instance, number, at) : null;
    }

    public static GcAddress Of(LongGc gc) => new(gc.Instance, gc.Number, gc.EndedAt);

    /// <summary>gc-address.js writes the same.</summary>
    public string ToUri(string service) => new PageQuery()
        .Add("instance", Instance)
        .Add("number", Number.ToString(CultureInfo.InvariantCulture))
        .Add("at", EndedAt)
        .ToUri($"/services/{Uri.EscapeDataString(service)}/gc");

    /// <summary>The page of its service, ten minutes around it.</summary>
    public string ToServiceUri(string service) => new ServicePageState { Instance = Instance }.Between(EndedAt.AddMinutes(-5), EndedAt.AddMinutes(5)).ToUri(service);
}
