namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>What a feature does, on the one silo that has the lease, once silos are gone: after a start all earlier ones are.</summary>
/// <param name="Name">For logs.</param>
/// <param name="Run">Gets the silos that live, this one among them. May be repeated.</param>
/// <param name="IsLong">Whether it may go on for hours: the others do not wait for it then, nor does it for them.</param>
internal sealed record TakeoverStep(string Name, Func<IReadOnlyCollection<string>, CancellationToken, Task> Run, bool IsLong = false);
