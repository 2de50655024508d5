using CsCheck;
using FleetProf.Agent.Collectors.Go;

namespace FleetProf.Agent.Tests.Collectors.Go;

public sealed class GoBuildInfoTests(GoProbeProgram built)
{
    [Fact]
    [Trait("Ring", "process")]
    public async Task ReadVersion_OfABuiltProgram_IsThatOfTheCompiler()
    {
        using var go = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("go", ["env", "GOVERSION"]) { RedirectStandardOutput = true })!;
        var expected = (await go.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim();

        Assert.Equal(expected, GoBuildInfo.ReadVersion(await built.PathAsync));
    }

    [Fact]
    public void ReadVersion_OfOtherFiles_IsNull() =>
        Assert.All(["/bin/sh", "/etc/passwd", "/dev/null", "/nowhere", Path.Combine(AppContext.BaseDirectory, "FleetProf.Agent.Tests.dll")], path => Assert.Null(GoBuildInfo.ReadVersion(path)));

    [Fact]
    public void ReadVersion_OfHostileHeaders_NeverThrows() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        if (bytes.Length > 64) new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1 }.CopyTo(bytes, 0);
        if (bytes.Length > 64) (bytes[58], bytes[59]) = (64, 0);
        using var stream = new MemoryStream(bytes);
        GoBuildInfo.ReadVersion(stream);
    });
}
