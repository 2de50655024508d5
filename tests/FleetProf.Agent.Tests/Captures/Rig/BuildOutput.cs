namespace FleetProf.Agent.Tests.Captures.Rig;

internal static class BuildOutput
{
    /// <summary>Path of another project's built program, of the same build flavour as this test.</summary>
    public static string Of(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, project + ".dll");
    }
}
