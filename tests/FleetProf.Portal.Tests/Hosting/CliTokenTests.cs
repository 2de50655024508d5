using FleetProf.Contracts.Access;
using FleetProf.Portal.Hosting;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Hosting;

public sealed class CliTokenTests(PortalFixture fixture) : IDisposable
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-token-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IAccessGrain Access => Cluster.GetGrain<IAccessGrain>("local");

    private IClusterClient Cluster => fixture.Portal.App.Services.GetRequiredService<IClusterClient>();

    private string FilePath => Path.Combine(_folder.FullName, "connection.json");

    private CliToken Token => new(Cluster, _clock, NullLogger<CliToken>.Instance);

    [Theory]
    [InlineData(90, true)]
    [InlineData(30, true)]
    [InlineData(29.9, false)]
    [InlineData(0.1, false)]
    public async Task Start_TokenOfTheFile_IsKeptWhileAThirdOfItsLifeIsLeft(double daysLeft, bool isKept)
    {
        var before = await WriteAsync("cli", daysLeft);

        var token = await Token.KeepOrIssueAsync(FilePath, Cancel);

        Assert.Equal(isKept, token == before);
        Assert.NotNull(await Access.VerifyApiTokenAsync(token));
    }

    [Fact]
    public async Task Run_TokenComesToItsLastThird_IsMadeAnewInTheFile()
    {
        var before = await WriteAsync("cli", 31);
        using var stop = new CancellationTokenSource();
        var running = Token.KeepGoodAsync(FilePath, stop.Token);

        ConnectionFile? now;
        do
        {
            // A tick that comes while the one before is looked at counts once; the fake clock goes on until the token is another.
            _clock.Advance(CliToken.LooksEvery);
            await Task.Yield();
            now = await ConnectionFile.ReadAsync(FilePath, Cancel);
        }
        while (now!.Token == before);

        Assert.Equal(("http://a", "http://a/login", "http://b"), (now.Url, now.LoginUrl, now.LocalUrl));
        Assert.NotNull(await Access.VerifyApiTokenAsync(now.Token));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>A folder is in the draft's place: the file can be read all the while.</summary>
    /// <summary>The token is issued, and its file is away at the look after that.</summary>
    [Fact]
    public async Task Run_FileThatIsAwayForAMomentAfterItsRenewal_GetsItsTokenWithinMinutes()
    {
        var name = CliToken.NameFor(FilePath, Environment.MachineName);
        var before = await WriteAsync(name, 31);
        var draft = Directory.CreateDirectory($"{FilePath}.new");
        using var stop = new CancellationTokenSource();
        var running = Token.KeepGoodAsync(FilePath, stop.Token);
        await AdvanceAsync(CliToken.LooksEvery, most: 3_000, () => Task.FromResult(fixture.Silo.World.Tokens[name]), before);
        File.Move(FilePath, $"{FilePath}.away");
        for (var looks = 0; looks < 10; looks++)
        {
            _clock.Advance(CliToken.LooksAgainAfter);
            await Task.Delay(20, Cancel);
        }

        draft.Delete();
        File.Move($"{FilePath}.away", FilePath);

        await AdvanceAsync(TimeSpan.FromSeconds(10), most: 1_000, async () => (await ConnectionFile.ReadAsync(FilePath, Cancel))!.Token, before);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Run_FileThatCannotBeWrittenAtItsRenewal_HasAGoodTokenOnceItCan()
    {
        var name = CliToken.NameFor(FilePath, Environment.MachineName);
        var before = await WriteAsync(name, 31);
        var draft = Directory.CreateDirectory($"{FilePath}.new");
        using var stop = new CancellationTokenSource();
        var running = Token.KeepGoodAsync(FilePath, stop.Token);
        var issued = await AdvanceAsync(CliToken.LooksEvery, most: 3_000, () => Task.FromResult(fixture.Silo.World.Tokens[name]), before);
        Assert.Null(await Access.VerifyApiTokenAsync(before));
        fixture.Silo.World.TokenEnds.TryRemove(name, out _);

        draft.Delete();
        // Within the day: nobody waits for the next look that would be due anyway.
        var written = await AdvanceAsync(TimeSpan.FromMinutes(1), most: 1_400, async () => (await ConnectionFile.ReadAsync(FilePath, Cancel))!.Token, before);

        Assert.Equal(issued, written);
        Assert.NotNull(await Access.VerifyApiTokenAsync(written));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task TwoPortals_OfOneSilo_LeaveEachOthersTokenGood()
    {
        await using var second = await PortalUnderTest.StartAsync(fixture.Silo);
        string[] tokens = [await WaitForTokenAsync(fixture.Portal), await WaitForTokenAsync(second)];

        foreach (var token in tokens)
        {
            Assert.NotNull(await Access.VerifyApiTokenAsync(token));
        }
    }

    [Fact]
    public void Name_OfAHostOrAFile_IsItsOwnAndFits()
    {
        string[] names =
        [
            CliToken.NameFor("/data/connection.json", "web-1"), CliToken.NameFor("/data/connection.json", "web-2"), CliToken.NameFor("/other/connection.json", "web-1"),
            CliToken.NameFor("/data/connection.json", new string('h', 64)),
        ];

        Assert.Equal(4, names.Distinct().Count());
        Assert.Equal(names[0], CliToken.NameFor("/data/../data/connection.json", "web-1"));
        Assert.All(names, name => Assert.InRange(name.Length, 1, 64));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> WriteAsync(string name, double daysLeft)
    {
        var token = await Access.IssueApiTokenAsync(name);
        fixture.Silo.World.TokenEnds[name] = _clock.GetUtcNow().AddDays(daysLeft);
        await new ConnectionFile("http://a", token, "http://a/login", "http://b").WriteAsync(FilePath, Cancel);
        return token;
    }

    /// <summary>Step by step until the token is another one, which is the answer.</summary>
    private async Task<string> AdvanceAsync(TimeSpan step, int most, Func<Task<string>> tokenAsync, string before)
    {
        for (var steps = 0; steps < most; steps++)
        {
            _clock.Advance(step);
            await Task.Delay(20, Cancel);
            if (await tokenAsync() is var token && token != before)
            {
                return token;
            }
        }

        throw new TimeoutException($"The token is still the one from before, {most} times {step} later.");
    }

    private static async Task<string> WaitForTokenAsync(PortalUnderTest portal)
    {
        while (true)
        {
            if (await ConnectionFile.ReadAsync(Path.Combine(portal.Folder, "connection.json"), Cancel) is { } file)
            {
                return file.Token;
            }

            await Task.Delay(20, Cancel);
        }
    }
}
