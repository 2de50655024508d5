using FleetProf.Cli.Analyze;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Tests.Analyze;

public sealed class AnalysisTablesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-cli-");

    [Fact]
    public async Task Types_WithFewSamples_AreMarkedAndHaveTheirInterval()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "alloc.types.json"),
            """
            {"rows":[{"type":"Shop.Order","bytes":8000000,"objects":80000,"samples":80,"relativeError":0.2191,"isLowConfidence":false},
                     {"type":"Shop.Invoice","bytes":1000000,"objects":9000,"samples":10,"relativeError":0.6198,"isLowConfidence":true},
                     {"type":"Shop.Cart","bytes":900000,"objects":null,"samples":9,"relativeError":null,"isLowConfidence":true}]}
            """,
            TestContext.Current.CancellationToken);

        var orders = Line("Shop.Order");
        Assert.Contains("21.9 %", orders, StringComparison.Ordinal);
        Assert.DoesNotContain("few samples", orders, StringComparison.Ordinal);
        var invoices = Line("Shop.Invoice");
        Assert.Contains("62.0 %", invoices, StringComparison.Ordinal);
        Assert.EndsWith("few samples", invoices, StringComparison.Ordinal);
        Assert.EndsWith("few samples", Line("Shop.Cart"), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Line(string type)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        AnalysisTables.Write(new CliContext(CliHost.CreateRoot().Parse("analyze x"), new CliConsole(output, error, _ => null)), _folder.FullName, rows: 15);
        return Assert.Single(output.ToString().Split(Environment.NewLine), line => line.StartsWith(type, StringComparison.Ordinal));
    }
}
