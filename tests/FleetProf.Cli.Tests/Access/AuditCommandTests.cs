using System.Text;
using System.Text.Json;
using FleetProf.Cli.Server;
using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Access;

namespace FleetProf.Cli.Tests.Access;

public sealed class AuditCommandTests : IDisposable
{
    private readonly StubPortal _portal = new();

    public void Dispose() => _portal.Dispose();

    [Fact]
    public async Task Verify_WholeLog_PrintsItsEnd()
    {
        var rows = Log(5);
        Serve(rows, rows[4]);

        var run = await CliRun.OfAsync(_portal, "audit", "verify");

        Assert.Equal((0, $"whole 5:{rows[4].Hash}\n"), (run.ExitCode, run.Out));
    }

    [Theory]
    [InlineData("edit", "broken: row 3 is not what was written")]
    [InlineData("delete", "broken: row 3 is missing")]
    [InlineData("swap", "broken: row 3 is missing: row 4 comes in its place")]
    [InlineData("cut", "broken: row 5 is missing: the log ends before row 5")]
    [InlineData("garble", "broken: after row 2 there is a line that is no row")]
    public async Task Verify_LogThatWasChanged_NamesTheFirstBrokenRow(string attack, string expected)
    {
        List<AuditEntry?> rows = [.. Log(5)];
        switch (attack)
        {
            case "edit": rows[2] = rows[2]! with { Actor = "nobody" }; break;
            case "delete": rows.RemoveAt(2); break;
            case "swap": (rows[2], rows[3]) = (rows[3], rows[2]); break;
            case "cut": rows.RemoveAt(4); break;
            default: rows[2] = null; break;
        }

        Serve(rows, Log(5)[4]);

        var run = await CliRun.OfAsync(_portal, "audit", "verify");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(expected, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_LogWrittenAnew_LacksTheHeadOfAnEarlierRun()
    {
        var before = Log(3);
        Serve(Log(5, "another"), Log(5, "another")[4]);

        var run = await CliRun.OfAsync(_portal, "audit", "verify", "--head", $"3:{before[2].Hash}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("was written anew", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_LogWrittenAnewWithoutItsHead_IsBroken()
    {
        Serve(Log(5, "another"), Log(5)[4]);

        var run = await CliRun.OfAsync(_portal, "audit", "verify");

        Assert.Equal((1, "broken: row 5 is not the one that the server last wrote: the log was written anew\n"), (run.ExitCode, run.Out));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Verify_LineThatAnEarlierRunPrinted_IsTakenAsItsHead(int count)
    {
        var rows = Log(5);
        Serve(rows.Take(count), count == 0 ? new AuditEntry { Hash = AuditChain.Origin } : rows[count - 1]);
        Serve(rows, rows[4]);
        var earlier = await CliRun.OfAsync(_portal, "audit", "verify");

        var line = await CliRun.OfAsync(_portal, "audit", "verify", "--head", earlier.Out.TrimEnd('\n'));
        var end = await CliRun.OfAsync(_portal, "audit", "verify", "--head", earlier.Out["whole ".Length..].TrimEnd('\n').ToUpperInvariant());

        Assert.StartsWith($"whole {count}:", earlier.Out, StringComparison.Ordinal);
        Assert.Equal((0, $"whole 5:{rows[4].Hash}\n"), (line.ExitCode, line.Out));
        Assert.Equal((0, line.Out), (end.ExitCode, end.Out));
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("3")]
    [InlineData("3:5f1c")]
    [InlineData("3:000000000000000000000000000000000000000000000000000000000000000g")]
    [InlineData("last:0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Verify_HeadThatIsNone_IsAUsageErrorAndNotBroken(string head)
    {
        Serve(Log(3), Log(3)[2]);

        var run = await CliRun.OfAsync(_portal, "audit", "verify", "--head", head);

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Out));
        Assert.Contains($"--head: '{head}'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("export")]
    [InlineData("verify")]
    public async Task Log_CutOff_IsUnreachableAndNotBroken(string verb)
    {
        var rows = Log(5);
        _portal.On("GET /api/v1/audit/head", new AuditHead { Sequence = 5, Hash = rows[4].Hash })
            .On("GET /api/v1/audit/export", new StubAnswer(200, "application/x-ndjson", JsonSerializer.SerializeToUtf8Bytes(rows[0], CliJson.Options), MissingBytes: 10));

        var run = await CliRun.OfAsync(_portal, "audit", verb);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.DoesNotContain("broken", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_FileThatIsNotThere_IsAUsageErrorThatNamesIt()
    {
        var run = await CliRun.OfAsync(_portal, "audit", "verify", "--file", "/no/such/log.ndjson");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("/no/such/log.ndjson", run.Error, StringComparison.Ordinal);
    }

    private static List<AuditEntry> Log(int count, string actor = "ann")
    {
        var rows = new List<AuditEntry>();
        for (var i = 1; i <= count; i++)
        {
            var entry = new AuditEntry { Sequence = i, At = DateTimeOffset.UnixEpoch.AddDays(20_000).AddMilliseconds(i * 7), Actor = actor, Role = Role.Admin, Action = "token.create", Target = $"t{i}", Decision = AuditDecision.Allowed };
            rows.Add(entry with { Hash = AuditChain.HashOf(i == 1 ? AuditChain.Origin : rows[^1].Hash, entry) });
        }

        return rows;
    }

    private void Serve(IEnumerable<AuditEntry?> rows, AuditEntry head) => _portal
        .On("GET /api/v1/audit/head", new AuditHead { Sequence = head.Sequence, Hash = head.Hash })
        .On("GET /api/v1/audit/export", new StubAnswer(200, "application/x-ndjson", Encoding.UTF8.GetBytes(string.Concat(rows.Select(row => row is null ? "{no row\n" : JsonSerializer.Serialize(row, CliJson.Options) + "\n")))));
}
