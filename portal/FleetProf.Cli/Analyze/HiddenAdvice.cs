using System.Text.Json.Nodes;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Analyze;

/// <summary>Prints what to do about the classes of hidden allocations that were shown, one line each.</summary>
internal static class HiddenAdvice
{
    public static void Write(CliContext context, IEnumerable<JsonNode?> shown, JsonArray advice)
    {
        var codes = shown.Select(row => row?["class"]?.ToString()).Distinct().ToHashSet();
        var lines = advice.Where(entry => codes.Contains(entry?["id"]?.ToString())).ToList();
        if (lines.Count > 0)
        {
            context.Console.Out.WriteLine();
            context.Console.Out.WriteLine("Usual mends");
            foreach (var entry in lines)
            {
                context.Console.Out.WriteLine(SafeText.ForTerminal($"{entry?["id"]} {entry?["title"]}: {entry?["mend"]}"));
            }
        }
    }
}
