using System.Reflection;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>A cluster without a silo, for one page: a test answers each call by its name and arguments, when it likes. A class that implements a grain interface would be found by Orleans as a second grain.</summary>
public class PlayedGrains : DispatchProxy
{
    private Func<string, object?[], Task> _answer = null!;

    /// <summary>Its grains, whatever their key, answer so.</summary>
    public static IClusterClient Cluster(Func<string, object?[], Task> answer) => (IClusterClient)Of(typeof(IClusterClient), answer);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name == nameof(IGrainFactory.GetGrain)
        ? Of(targetMethod.ReturnType, _answer)
        : _answer(targetMethod.Name, args ?? []);

    private static object Of(Type played, Func<string, object?[], Task> answer)
    {
        var grains = Create(played, typeof(PlayedGrains));
        ((PlayedGrains)grains)._answer = answer;
        return grains;
    }
}
