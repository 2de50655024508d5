using System.CommandLine;
using System.CommandLine.Parsing;
using FleetProf.Cli.Server;

namespace FleetProf.Cli;

/// <summary>Options whose values are the names that REST uses, such as gcdump.</summary>
internal static class EnumOption
{
    public static Option<T> Of<T>(string name, string? alias, string description) where T : struct, Enum =>
        Describe<T, T>(new(name, alias is null ? [] : [alias]) { CustomParser = One<T> }, description);

    public static Option<T?> Optional<T>(string name, string? alias, string description) where T : struct, Enum =>
        Describe<T?, T>(new(name, alias is null ? [] : [alias]) { CustomParser = result => One<T>(result) }, description);

    /// <summary>Repeatable, also as one value with commas.</summary>
    public static Option<T[]> Many<T>(string name, string? alias, string description) where T : struct, Enum =>
        Describe<T[], T>(new(name, alias is null ? [] : [alias]) { CustomParser = All<T>, Arity = ArgumentArity.OneOrMore }, description);

    private static Option<TOption> Describe<TOption, T>(Option<TOption> option, string description) where T : struct, Enum
    {
        option.Description = description;
        option.HelpName = string.Join('|', Names<T>());
        option.CompletionSources.Add(Names<T>().ToArray());
        return option;
    }

    private static T One<T>(ArgumentResult result) where T : struct, Enum
    {
        var values = All<T>(result);
        if (values.Length > 1)
        {
            result.AddError($"{NameOf(result)}: '{result.Tokens[0].Value}' is more than one of {string.Join(", ", Names<T>())}.");
        }

        return values.FirstOrDefault();
    }

    private static T[] All<T>(ArgumentResult result) where T : struct, Enum
    {
        var values = new List<T>();
        foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (Enum.GetValues<T>().Where(value => CliJson.NameOf(value).Equals(text, StringComparison.OrdinalIgnoreCase)).ToArray() is [var value])
            {
                values.Add(value);
            }
            else
            {
                result.AddError($"{NameOf(result)}: '{text}' is not one of {string.Join(", ", Names<T>())}.");
            }
        }

        return [.. values];
    }

    private static string NameOf(ArgumentResult result) => ((OptionResult)result.Parent!).Option.Name;

    private static IEnumerable<string> Names<T>() where T : struct, Enum => Enum.GetValues<T>().Select(CliJson.NameOf);
}
