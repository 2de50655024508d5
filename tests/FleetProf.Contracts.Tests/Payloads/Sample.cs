using System.Collections;
using System.Globalization;
using System.Reflection;

namespace FleetProf.Contracts.Tests.Payloads;

/// <summary>One instance of a contract type with every member set to a value that follows from its [Id] only, so that its bytes are the same on every run.</summary>
internal static class Sample
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static object Of(Type type)
    {
        var sample = Empty(type);
        foreach (var member in MembersOf(type))
        {
            member.SetValue(sample, ValueOf(member.PropertyType, IdOf(member) + 1));
        }

        return sample;
    }

    /// <summary>As it is before anything is read into it.</summary>
    public static object Empty(Type type) => Activator.CreateInstance(type, nonPublic: true)!;

    public static IReadOnlyList<PropertyInfo> MembersOf(Type type) =>
        [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(property => property.GetCustomAttribute<IdAttribute>() is not null).OrderBy(IdOf)];

    public static int IdOf(PropertyInfo member) => (int)member.GetCustomAttribute<IdAttribute>()!.Id;

    private static object ValueOf(Type type, int number)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return ValueOf(inner, number);
        }

        if (type.IsEnum)
        {
            // The last value: zero would hide a missing member.
            return Enum.GetValues(type).Cast<object>().Last();
        }

        if (type == typeof(byte[]))
        {
            return new[] { (byte)number, (byte)255 };
        }

        if (type.IsGenericType)
        {
            return CollectionOf(type, number);
        }

        return ScalarOf(type, number) ?? Of(type);
    }

    private static object? ScalarOf(Type type, int number) => type switch
    {
        _ when type == typeof(string) => string.Create(CultureInfo.InvariantCulture, $"text {number}"),
        _ when type == typeof(bool) => true,
        _ when type == typeof(int) => number,
        _ when type == typeof(long) => 1_000_000_000_000L + number,
        _ when type == typeof(double) => number + 0.5,
        _ when type == typeof(float) => number + 0.25f,
        _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(number),
        _ when type == typeof(DateTimeOffset) => Epoch.AddMinutes(number),
        _ => null,
    };

    private static object CollectionOf(Type type, int number)
    {
        var arguments = type.GetGenericArguments();
        if (arguments.Length == 2)
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
            map.Add(ValueOf(arguments[0], number), ValueOf(arguments[1], number + 1));
            return map;
        }

        var isSet = type.Name.Contains("Set", StringComparison.Ordinal);
        dynamic list = Activator.CreateInstance((isSet ? typeof(HashSet<>) : typeof(List<>)).MakeGenericType(arguments))!;
        list.Add((dynamic)ValueOf(arguments[0], number));
        return list;
    }
}
