using FleetProf.Analysis.Allocations.Hidden;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analyzer.Profiles;

/// <summary>Turns raw stacks into stacks of a profile.</summary>
internal sealed class StackNames(RawStacks raw, MethodMap methods)
{
    /// <summary>Share of frames without a name, over all distinct stacks seen so far.</summary>
    public double UnresolvedShare => _frames == 0 ? 0 : (double)_unresolved / _frames;

    public ValueTypeNames ValueTypes => methods.ValueTypes;

    private long _frames;
    private long _unresolved;

    /// <summary>Id of the stack in the profile; runs of unresolved frames become one.</summary>
    public int In(Profile profile, int rawStack)
    {
        var addresses = raw[rawStack];
        var stack = StackTable.Root;
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
    public bool IsCold(int rawStack)
    {
        var addresses = raw[rawStack];
        for (var i = 0; i < addresses.Length; i++)
        {
            var address = i == 0 ? addresses[i] : addresses[i] - 1;
            if (CodeOwner.IsUser(methods.Resolve(address)))
            {
                return methods.IsUnoptimized(address);
            }
        }

        return false;
    }
}
