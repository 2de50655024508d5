using FleetProf.Agent.Tests.Collectors.Go;
using FleetProf.TestKit.Processes;

[assembly: AssemblyFixture(typeof(GoProbeProgram))]

namespace FleetProf.Agent.Tests.Collectors.Go;

/// <summary>The probe's executable, built when the first test asks for it.</summary>
public sealed class GoProbeProgram : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fleetprof-goprobe-");
    private readonly Lazy<Task<string>> path;

    public GoProbeProgram() => path = new Lazy<Task<string>>(() => GoProbeProcess.BuildAsync(folder.FullName));

    public Task<string> PathAsync => path.Value;

    /// <summary>A program of its own for a test whose processes others must not find by their path.</summary>
    public async Task<string> CopyAsync(string to)
    {
        var copy = Path.Combine(to, "goprobe");
        File.Copy(await PathAsync, copy);
        return copy;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
