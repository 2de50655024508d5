using FleetProf.Analysis.Allocations.Hidden;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analyzer.Profiles;

/// <summary>Turns raw stacks into stacks of a profile.</summary>
internal sealed class StackNames(RawStacks raw, MethodMap methods)
{
    /// <summary>Stands for what was cut off, so that the first frame that is left does not look as if nobody had called it.</summary>
    private static readonly Frame LostCallers = new($"[callers beyond {RawStacks.MostFrames} frames]", "");

    /// <summary>Share of frames without a name, over all distinct stacks seen so far.</summary>
    public double UnresolvedShare => _frames == 0 ? 0 : (double)_unresolved / _frames;

    public ValueTypeNames ValueTypes => methods.ValueTypes;

    public StateMachineNames StateMachines => methods.StateMachines;

    private long _frames;
    private long _unresolved;

    /// <summary>Id of the stack in the profile; runs of unresolved frames become one, and a stack that was cut has one frame for the callers it lacks.</summary>
    public int In(Profile profile, int rawStack)
    {
        var addresses = raw[rawStack];
        var stack = raw.IsCut(rawStack) ? profile.Stacks.Push(StackTable.Root, profile.Frames.Intern(LostCallers)) : StackTable.Root;
        var isAfterUnresolved = false;
        for (var i = addresses.Length - 1; i >= 0; i--)
        {
            // All but the leaf are return addresses: the call itself is before them, possibly at a method's very end.
            var frame = methods.Resolve(i == 0 ? addresses[i] : addresses[i] - 1);
            var isUnresolved = MethodMap.IsUnresolved(frame);
            _frames++;
            _unresolved += isUnresolved ? 1 : 0;
            if (!(isUnresolved && isAfterUnresolved))
            {
                stack = profile.Stacks.Push(stack, profile.Frames.Intern(frame));
            }

            isAfterUnresolved = isUnresolved;
        }

        return stack;
    }

    /// <summary>Whether the user's method nearest to the leaf ran code that was not optimised yet.</summary>
    public bool IsCold(int rawStack) => UserAddress(rawStack) is { } address && methods.IsUnoptimized(address);

    /// <summary>Whether it ran code that its build does not let the JIT optimise.</summary>
    public bool IsOfDebugBuild(int rawStack) => UserAddress(rawStack) is { } address && methods.IsNeverOptimized(address);

    // In the user's method nearest to the leaf; null without one.
    private ulong? UserAddress(int rawStack)
    {
        var addresses = raw[rawStack];
        for (var i = 0; i < addresses.Length; i++)
        {
            var address = i == 0 ? addresses[i] : addresses[i] - 1;
            if (CodeOwner.IsUser(methods.Resolve(address)))
            {
                return address;
            }
        }

        return null;
    }
}
