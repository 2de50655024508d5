using System.Diagnostics;

namespace FleetProf.Faults.Injection;

/// <summary>Programs of the system that faults are made with.</summary>
internal static class SystemCommand
{
    /// <summary>Throws <see cref="InvalidOperationException"/> with the words of the program when it fails.</summary>
    public static void Run(string program, params string[] arguments)
    {
        if (TryRun(program, arguments) is { } problem)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {problem}");
        }
    }

    /// <summary>What it says; empty when it fails or is not there.</summary>
    public static string Read(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            _ = process.StandardError.ReadToEndAsync();
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? said : "";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }

    /// <summary>Null when it went well.</summary>
    public static string? TryRun(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            _ = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : errors;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
