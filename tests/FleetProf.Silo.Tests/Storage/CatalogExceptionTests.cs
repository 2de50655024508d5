using FleetProf.Contracts;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage;

public sealed class CatalogExceptionTests
{
    [Fact]
    public void ForCallers_OfAnOutage_IsToldFromASiloThatIsAway()
    {
        var told = new CatalogException("PostgreSQL x does not answer. Start the server.").ForCallers();

        Assert.IsType<SiloUnavailableException>(told);
        Assert.EndsWith("PostgreSQL x does not answer. Start the server.", told.Message, StringComparison.Ordinal);
        Assert.True(CatalogOutage.IsCauseOf(new InvalidOperationException("outer", told)));
        Assert.False(CatalogOutage.IsCauseOf(new SiloUnavailableException("No gateway.")));
    }
}
