namespace FleetProf.Cli;

/// <summary>What a shell script or a pipeline learns from `fleetprof`.</summary>
public static class ExitCode
{
    /// <summary>Done, or the comparison passed.</summary>
    public const int Success = 0;

    /// <summary>The comparison found a regression.</summary>
    public const int Regressed = 1;

    /// <summary>Wrong usage, an unknown id, input that cannot be read, or a file that cannot be written.</summary>
    public const int Usage = 2;

    /// <summary>The comparison has no verdict (yet).</summary>
    public const int Inconclusive = 3;

    /// <summary>The portal did not accept the token, or its owner may not do this.</summary>
    public const int Auth = 4;

    /// <summary>The portal cannot be reached, is asked too often, or did not answer wholly and in time; or `--wait` gave up, and what it waited for goes on.</summary>
    public const int Unreachable = 5;

    /// <summary>Some captures of the campaign have no result.</summary>
    public const int Partial = 6;

    /// <summary>Interrupted by the user.</summary>
    public const int Interrupted = 130;
}
