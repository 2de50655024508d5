using System.Reflection;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage;

public sealed class PersistentStateNameTests
{
    /// <summary>The PostgreSQL provider of Orleans keys rows by state name and grain key only: two classes with one name would share rows.</summary>
    [Fact]
    public void PersistentState_OfAllGrainClasses_HasUniqueNamesAndTheCatalogProvider()
    {
        var states = typeof(CatalogDatabase).Assembly.GetTypes()
            .SelectMany(type => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .SelectMany(constructor => constructor.GetParameters())
            .Select(parameter => (Grain: parameter.Member.DeclaringType!, State: parameter.GetCustomAttribute<PersistentStateAttribute>()!))
            .Where(entry => entry.State is not null)
            .ToList();

        Assert.NotEmpty(states);
        Assert.All(states, entry => Assert.Equal(StorageSetup.ProviderName, entry.State.StorageName));
        var shared = states.GroupBy(entry => entry.State.StateName).Where(group => group.Count() > 1);
        Assert.Empty(shared.Select(group => $"{group.Key}: {string.Join(", ", group.Select(entry => entry.Grain.Name))}"));
    }
}
