using FleetProf.Contracts;
using FleetProf.Portal.Problems;

namespace FleetProf.Portal.Tests.Problems;

public sealed class OutageSentenceTests
{
    private const string Database = "The silo's /health/ready says what is wrong; the silo goes on by itself once the database works again.";

    private static readonly Exception Away = new TimeoutException("No answer from 10.0.0.7.");

    private static readonly Exception WithoutDatabase = CatalogOutage.Of("PostgreSQL fleetprof at db.internal does not answer.");

    [Theory]
    [InlineData(", so the growth cannot be shown", OutageSentence.Check, "The silo cannot be reached, so the growth cannot be shown. Check that it runs.")]
    [InlineData(OutageSentence.MayBeOld, OutageSentence.Check, "The silo cannot be reached; what is shown may be old. Check that it runs.")]
    [InlineData(", so nothing was stopped", OutageSentence.TryAgain, "The silo cannot be reached, so nothing was stopped. Try again.")]
    [InlineData("; these rows may be old", OutageSentence.KeepsTrying, "The silo cannot be reached; these rows may be old. The portal keeps trying.")]
    public void Sentence_SiloIsAway_SaysItsConsequenceAndStep(string consequence, string step, string expected) => Assert.Equal(expected, OutageSentence.Of(Away, consequence, step));

    [Theory]
    [InlineData(", so the growth cannot be shown", OutageSentence.Check, $"The silo cannot use its database, so the growth cannot be shown. {Database}")]
    [InlineData(OutageSentence.MayBeOld, OutageSentence.Check, $"The silo cannot use its database; what is shown may be old. {Database}")]
    [InlineData(", so nothing was stopped", OutageSentence.TryAgain, $"The silo cannot use its database, so nothing was stopped. {Database} Try again then.")]
    [InlineData("; these rows may be old", OutageSentence.KeepsTrying, $"The silo cannot use its database; these rows may be old. {Database}")]
    public void Sentence_DatabaseIsAway_LeadsToTheDatabase(string consequence, string step, string expected) => Assert.Equal(expected, OutageSentence.Of(WithoutDatabase, consequence, step));

    [Fact]
    public void Sentence_WithoutConsequence_TellsBothApartToo() => Assert.Equal(
        ("The silo cannot be reached. If it was stopped, start it again: fleetprof up.", $"The silo cannot use its database. {Database}"),
        (OutageSentence.Of(Away), OutageSentence.Of(WithoutDatabase)));

    /// <summary>The feeds of pages ask with whatever went wrong.</summary>
    [Fact]
    public void Sentence_SiloIsThere_DoesNotSayThatItIsAway() => Assert.Equal(
        ("Stored state is damaged; these rows may be old. Row 7: restore it from a backup.", "The silo answered with a fault; these rows may be old. This is a fault of FleetProf: the portal's log says more; report it."),
        (OutageSentence.Of(StateDamage.Of("Row 7: restore it from a backup."), "; these rows may be old", OutageSentence.KeepsTrying),
            OutageSentence.Of(new FormatException("secret"), "; these rows may be old", OutageSentence.KeepsTrying)));

    [Fact]
    public void Sentence_OutageInsideAnotherFailure_LeadsToTheDatabase() => Assert.Equal(OutageSentence.Of(WithoutDatabase), OutageSentence.Of(new TimeoutException("outer", WithoutDatabase)));
}
