using FleetProf.Contracts.Access.Cluster;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Configuration;

namespace FleetProf.Silo.Tests.Hosting.Cluster;

/// <summary>Certificates of a cluster as the command makes them.</summary>
internal sealed class ClusterFolders : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ClusterFolders() => Make("authority");

    public ClusterFolder Silo => new(folder["out/silo"]);

    public ClusterFolder Portal => new(folder["out/portal"]);

    public string Authority => folder["authority"];

    /// <summary>Makes or replaces them.</summary>
    public void Make(string authority, params (string Key, string Value)[] more)
    {
        var settings = new Dictionary<string, string?> { ["FleetProf:Ca:Out"] = folder["out"], ["FleetProf:Ca:Authority"] = folder[authority], ["FleetProf:Ca:Names"] = "here" };
        more.ToList().ForEach(entry => settings[$"FleetProf:Ca:{entry.Key}"] = entry.Value);
        using var problems = new StringWriter();
        Assert.Equal(0, ClusterCommand.Run(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), TextWriter.Null, problems));
        Assert.Equal("", problems.ToString());
    }

    /// <summary>A copy with another certificate in it.</summary>
    public ClusterFolder With(string name, string certificatePem, string keyPem)
    {
        var copy = new ClusterFolder(Directory.CreateDirectory(folder[name]).FullName);
        File.Copy(Path.Combine(Silo.Path, ClusterFolder.RootsFile), Path.Combine(copy.Path, ClusterFolder.RootsFile));
        File.WriteAllText(Path.Combine(copy.Path, ClusterFolder.CertificateFile), certificatePem);
        File.WriteAllText(Path.Combine(copy.Path, ClusterFolder.KeyFile), keyPem);
        return copy;
    }

    public void Dispose() => folder.Dispose();
}
