using System.Reflection;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>Answers the calls of an interface by name. A class that implements a grain interface would be found by Orleans as a second grain.</summary>
public class Fake : DispatchProxy
{
    private readonly Dictionary<string, Func<object?[], object?>> answers = [];

    /// <summary>An instance that knows these answers and no others.</summary>
    public static T Of<T>(params (string Method, Func<object?[], object?> Answer)[] answers)
        where T : class
    {
        var fake = Create<T, Fake>();
        foreach (var (method, answer) in answers)
        {
            ((Fake)(object)fake).answers[method] = answer;
        }

        return fake;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        answers.TryGetValue(targetMethod!.Name, out var answer)
            ? answer(args ?? [])
            : throw new NotSupportedException($"{targetMethod.DeclaringType!.Name}.{targetMethod.Name} has no answer in this test.");
}
