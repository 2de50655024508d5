using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Allocations.Hidden;

/// <summary>The stack of an allocation as the rules see it: library frames down to the nearest user's, leaf first, and that one.</summary>
internal sealed class AllocationStack
{
    /// <summary>A user's method farther away has little to do with the allocation; bounds the work on hostile stacks.</summary>
    private const int FarthestUser = 100;

    private AllocationStack(Frame[] library, Frame? user) => (Library, User) = (library, user);

    /// <summary>Leaf first; empty when the user's method allocated by itself, or everything between was inlined into it.</summary>
    public IReadOnlyList<Frame> Library { get; }

    /// <summary>Null when the stack holds no user's method.</summary>
    public Frame? User { get; }

    public bool IsDirect => User is not null && Library.Count == 0;

    /// <summary>The method as it is written in source: state machines count as the method they were made from.</summary>
    public string UserMethod => User is { } user ? Written(user.Name) : "";

    /// <summary>Recordings make the target describe its event sources; that is our doing, not the target's.</summary>
    public bool IsOfRecording => User is null && Library.Any(frame => frame.Name.StartsWith("System.Diagnostics.Tracing.", StringComparison.Ordinal));

    /// <param name="profile">Holds frames and stacks.</param>
    /// <param name="stack">Without the leaf that names the type.</param>
    public static AllocationStack Of(Profile profile, int stack)
    {
        var library = new List<Frame>();
        for (var at = stack; at != StackTable.Root && library.Count < FarthestUser; at = profile.Stacks.Parent(at))
        {
            var frame = profile.Frames[profile.Stacks.LeafFrame(at)];
            if (CodeOwner.IsUser(frame))
            {
                return new AllocationStack([.. library], frame);
            }

            library.Add(frame);
        }

        return new AllocationStack([.. library], null);
    }

    /// <summary>The first library frame, leaf first, of a type whose name begins so and with one of these methods; null without one.</summary>
    public Frame? Find(string type, params ReadOnlySpan<string> methods)
    {
        foreach (var frame in Library)
        {
            if (!frame.Name.StartsWith(type, StringComparison.Ordinal))
            {
                continue;
            }

            var method = frame.Name.AsSpan(frame.Name.LastIndexOf('.') + 1);
            foreach (var wanted in methods)
            {
                if (method.SequenceEqual(wanted))
                {
                    return frame;
                }
            }
        }

        return null;
    }

    /// <summary>The first library frame, leaf first, whose name begins so; null without one.</summary>
    public Frame? FindType(params ReadOnlySpan<string> prefixes)
    {
        foreach (var frame in Library)
        {
            foreach (var prefix in prefixes)
            {
                if (frame.Name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return frame;
                }
            }
        }

        return null;
    }

    /// <summary>The framework that the user's method called, with the frame it entered by; null when it called none.</summary>
    public (string Name, Frame Entry)? Framework()
    {
        for (var i = Library.Count - 1; i >= 0; i--)
        {
            if (CodeOwner.FrameworkOf(Library[i]) is { } name)
            {
                return (name, Library[i]);
            }
        }

        return null;
    }

    private static string Written(string name) => name.EndsWith(".MoveNext", StringComparison.Ordinal) ? name[..^".MoveNext".Length] : name;
}
