namespace FleetProf.Agent.Budgets;

/// <summary>The policy as the file says it now. The file is looked at again whenever its time or length has changed.</summary>
/// <param name="path">Null: there is no file, and the defaults hold.</param>
internal sealed class PolicyFile(string? path)
{
    private const long MaxBytes = 1 << 20;
    private (DateTime Time, long Bytes)? stamp;
    private bool isRead;

    /// <summary>Null when the file cannot be used; then nothing may be captured.</summary>
    public PolicyRules? Rules { get; private set; } = new();

    /// <summary>What is wrong with the file; empty when nothing is.</summary>
    public string Problem { get; private set; } = "";

    public string Name => path ?? $"built in; {AgentOptions.Section}:{nameof(AgentOptions.PolicyFile)} names another";

    /// <summary>True when it was read anew.</summary>
    public bool Refresh()
    {
        if (path is null) return false;
        var file = new FileInfo(path);
        (DateTime, long)? now = file.Exists ? (file.LastWriteTimeUtc, file.Length) : null;
        if (isRead && now == stamp) return false;
        (stamp, isRead) = (now, true);
        (Rules, Problem) = Read(file);
        return true;
    }

    private static (PolicyRules? Rules, string Problem) Read(FileInfo file)
    {
        if (!file.Exists) return (null, "it does not exist");
        if (file.Length > MaxBytes) return (null, "it is larger than 1 MB");
        if ((file.UnixFileMode & UnixFileMode.OtherWrite) != 0) return (null, "everybody may write to it; take that right away (chmod o-w)");
        try
        {
            var rules = PolicyRules.Parse(File.ReadAllBytes(file.FullName), out var problem);
            return (rules, problem);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, error.Message);
        }
    }
}
