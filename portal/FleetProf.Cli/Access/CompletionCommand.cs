using System.CommandLine;

namespace FleetProf.Cli.Access;

/// <summary>The verb `completion SHELL`: prints a script that asks `fleetprof` itself for suggestions.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _fleetprof() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(fleetprof "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _fleetprof fleetprof
        """;

    private const string Zsh = """
        _fleetprof() { compadd -- ${(f)"$(fleetprof "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)"} }
        compdef _fleetprof fleetprof
        """;

    private const string Fish = """
        complete -c fleetprof -f -a '(set -l line (commandline -cp); fleetprof "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName fleetprof -ScriptBlock {
            param($word, $ast, $position)
            fleetprof "[suggest:$position]" "$ast" | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        return CliCommand.Create("completion", "Print a completion script for a shell.", [shell], (context, _) =>
        {
            context.Console.Out.WriteLine(context.Get(shell) switch { "bash" => Bash, "zsh" => Zsh, "fish" => Fish, _ => PowerShell });
            return Task.FromResult(ExitCode.Success);
        });
    }
}
