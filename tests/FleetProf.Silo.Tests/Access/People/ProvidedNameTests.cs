using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.People;

namespace FleetProf.Silo.Tests.Access.People;

public sealed class ProvidedNameTests
{
    private const string Issuer = "https://login.example/realms/company";

    [Theory]
    [InlineData("bob", "bob")]
    [InlineData(" bob\n", "bob")]
    [InlineData("annette", "annette")]
    [InlineData("ann", "ann (login.example)")]
    [InlineData("ANN", "ANN (login.example)")]
    [InlineData("an\u200bn ", "ann (login.example)")]
    [InlineData("retention", "retention (login.example)")]
    [InlineData("FleetProf", "FleetProf (login.example)")]
    [InlineData("portal", "portal (login.example)")]
    [InlineData("admin", "admin (login.example)")]
    [InlineData("schedule of bob", "schedule of bob (login.example)")]
    [InlineData("\u200b", "1234")]
    public void Of_NameThatIsTaken_HasItsProviderBesideIt(string given, string expected) =>
        Assert.Equal(expected, ProvidedName.Of(Request(given), ["ann", "carl"]));

    [Theory]
    [InlineData("", "ann (identity provider)")]
    [InlineData("no address", "ann (no address)")]
    public void Of_ProviderThatIsNotSaidOrNoAddress_IsToldFromTheAccountAllTheSame(string issuer, string expected) =>
        Assert.Equal(expected, ProvidedName.Of(Request("ann") with { Issuer = issuer }, ["ann"]));

    [Fact]
    public void Of_LongNames_StayWithinWhatNamesHave()
    {
        var account = new string('a', 64);
        var named = ProvidedName.Of(Request(account) with { Issuer = $"https://{new string('b', 60)}.example" }, [account]);

        Assert.Equal(64, named.Length);
        Assert.EndsWith($" ({new string('b', 32)})", named, StringComparison.Ordinal);
        Assert.Equal(64, ProvidedName.Of(Request(new string('c', 500)), []).Length);
    }

    private static SessionRequest Request(string name) => new() { Name = name, Grants = Grants.None, Issuer = Issuer, Subject = "1234" };
}
