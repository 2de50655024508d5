using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage.Postgres;

namespace FleetProf.Silo.Tests.Storage.Postgres;

public sealed class DatabaseOptionTests
{
    [Fact]
    public void Problem_WithoutADatabase_IsNone() => Assert.Null(DatabaseOption.ProblemOf(new SiloOptions()));

    [Theory]
    [InlineData("Host=db.example;Database=d;Password=geheim")]
    [InlineData("Host=10.0.0.7;Database=d;Password=geheim;SSL Mode=Prefer")]
    [InlineData("Host=db.example;Database=d;Password=geheim;SSL Mode=Allow")]
    [InlineData("Host=db.example;Database=d;Password=geheim;SSL Mode=Disable")]
    [InlineData("Host=127.0.0.1,db.example:5433;Database=d;Password=geheim")]
    [InlineData("Host=localhost.example;Database=d;Password=geheim")]
    [InlineData("Host=fd00::7;Database=d;Password=geheim")]
    public void Problem_OtherHostWithoutTls_SaysWhatToDoAndNothingOfThePassword(string database)
    {
        var problem = DatabaseOption.ProblemOf(new SiloOptions { Database = database });

        Assert.StartsWith("FleetProf:Silo:Database names the server ", problem, StringComparison.Ordinal);
        Assert.Contains("SSL Mode=VerifyFull", problem, StringComparison.Ordinal);
        Assert.Contains("FleetProf:Silo:AllowPlainDatabase=true", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", problem, StringComparison.Ordinal);
        Assert.Null(DatabaseOption.ProblemOf(new SiloOptions { Database = database, AllowPlainDatabase = true }));
    }

    [Theory]
    [InlineData("Host=db.example;Database=d;SSL Mode=Require")]
    [InlineData("Host=db.example;Database=d;SSL Mode=VerifyCA")]
    [InlineData("Host=db1.example,db2.example;Database=d;SSL Mode=VerifyFull")]
    [InlineData("Host=127.0.0.1;Port=5433;Database=d")]
    [InlineData("Host=localhost;Database=d")]
    [InlineData("Host=LOCALHOST:5433,127.0.0.2:5434;Database=d")]
    [InlineData("Host=::1;Database=d")]
    [InlineData("Host=[::1]:5433;Database=d")]
    [InlineData("Host=/var/run/postgresql;Database=d")]
    public void Problem_WithTlsOrOnThisHost_IsNone(string database) => Assert.Null(DatabaseOption.ProblemOf(new SiloOptions { Database = database }));

    [Theory]
    [InlineData("Database=d;Password=geheim", "Host is missing")]
    [InlineData("Host=db;Password=geheim", "Database is missing")]
    [InlineData("Host=db;Nothing=geheim", "Key=Value")]
    public void Problem_Unreadable_SaysWhyAndNothingOfTheText(string database, string why)
    {
        var problem = DatabaseOption.ProblemOf(new SiloOptions { Database = database });

        Assert.Contains(why, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", problem, StringComparison.Ordinal);
    }
}
