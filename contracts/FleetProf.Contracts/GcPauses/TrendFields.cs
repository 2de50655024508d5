using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;

namespace FleetProf.Contracts.GcPauses;

/// <summary>The figures of a <see cref="TrendPoint"/> by the names that they have in JSON.</summary>
public static class TrendFields
{
    /// <summary>GCs by reason: stands for one column per reason that occurs, "reasons.AllocSmall" and so on.</summary>
    public const string Reasons = "reasons";

    private static readonly Dictionary<string, Func<TrendPoint, double?>> Getters = typeof(TrendPoint).GetProperties()
        .Where(property => Type.GetTypeCode(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) is TypeCode.Int32 or TypeCode.Int64 or TypeCode.Double)
        .ToDictionary(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name), GetterOf, StringComparer.Ordinal);

    /// <summary>In the order of the point.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Getters.Keys, Reasons];

    /// <exception cref="ArgumentException">There is no such figure.</exception>
    internal static IEnumerable<(string Name, Func<TrendPoint, double?> Get)> Of(string field, IEnumerable<TrendPoint> points)
    {
        if (field == Reasons)
        {
            return points.SelectMany(point => point.Reasons.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(reason => ($"{Reasons}.{reason}", (Func<TrendPoint, double?>)(point => point.Reasons.GetValueOrDefault(reason))));
        }

        return [(field, GetterOf(field))];
    }

    /// <summary>Of any figure but the reasons.</summary>
    /// <exception cref="ArgumentException">There is no such figure.</exception>
    internal static Func<TrendPoint, double?> GetterOf(string field) =>
        Getters.TryGetValue(field, out var get) ? get : throw new ArgumentException($"\"{field}\" is no figure of a trend. There are: {string.Join(", ", All)}.", nameof(field));

    private static Func<TrendPoint, double?> GetterOf(PropertyInfo property)
    {
        var point = Expression.Parameter(typeof(TrendPoint));
        return Expression.Lambda<Func<TrendPoint, double?>>(Expression.Convert(Expression.Property(point, property), typeof(double?)), point).Compile();
    }
}
