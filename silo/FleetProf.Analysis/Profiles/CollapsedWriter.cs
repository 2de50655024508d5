using System.Globalization;

namespace FleetProf.Analysis.Profiles;

/// <summary>Collapsed stacks, one per line: <c>root;child;leaf 42</c>. Semicolons and line breaks inside names become colons and blanks.</summary>
public static class CollapsedWriter
{
    public static void Write(Profile profile, int measure, TextWriter output)
    {
        var names = Enumerable.Range(0, profile.Frames.Count).Select(frame => Escaped(profile.Frames[frame].Name)).ToArray();
        foreach (var stack in profile.SampledStacks())
        {
            var value = (long)Math.Round(profile.Self(stack, measure));
            if (value != 0 && stack != StackTable.Root)
            {
                output.Write(string.Join(';', profile.Stacks.RootFirst(stack).Select(frame => names[frame])));
                output.Write(' ');
                output.Write(value.ToString(CultureInfo.InvariantCulture));
                output.Write('\n');
            }
        }
    }

    private static string Escaped(string name) => name.Replace(';', ':').ReplaceLineEndings(" ");
}
