using System.Diagnostics;
using System.Text.Json;

namespace FleetProf.Agent.Tests.Captures.Rig;

/// <summary>What the real analyzer, as a child process under a heap limit, makes of captured bytes.</summary>
internal sealed class Analysis : IDisposable
{
    private const long HeapLimitBytes = 512 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private Analysis(string folder, JsonElement summary) => (Folder, Summary) = (folder, summary);

    public string Folder { get; }

    public JsonElement Summary { get; }

    public static async Task<Analysis> OfAsync(byte[] artifact, string kind)
    {
        var folder = Directory.CreateTempSubdirectory("fp-analysis-").FullName;
        var input = Path.Combine(folder, "original.nettrace");
        await File.WriteAllBytesAsync(input, artifact);
        var start = new ProcessStartInfo("dotnet", [BuildOutput.Of("FleetProf.Analyzer"), "analyze", "--kind", kind, "--input", input, "--output", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimitBytes.ToString("x", null);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, await error);
        return new Analysis(folder, JsonDocument.Parse(await output).RootElement);
    }

    public JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, file))).RootElement;

    /// <summary>The row of a table whose <paramref name="column"/> says <paramref name="name"/>.</summary>
    public JsonElement Row(string file, string column, string name) =>
        Json(file).GetProperty("rows").EnumerateArray().Single(row => row.GetProperty(column).GetString() == name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
