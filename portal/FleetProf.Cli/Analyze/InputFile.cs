namespace FleetProf.Cli.Analyze;

/// <summary>Files that a person names.</summary>
internal static class InputFile
{
    /// <exception cref="CommandFailedException">There is no such file.</exception>
    public static string Existing(string name) => CliContext.FullPathOf(name) is var path && File.Exists(path)
        ? path
        : throw new CommandFailedException(ExitCode.Usage, $"There is no file {path}.");

    /// <exception cref="CommandFailedException">There is no such file or folder.</exception>
    public static string ExistingFileOrFolder(string name) => CliContext.FullPathOf(name) is var path && Path.Exists(path)
        ? path
        : throw new CommandFailedException(ExitCode.Usage, $"There is no file or folder {path}.");
}
