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

    public void Dispose() => folder.Delete(recursive: true);
}
