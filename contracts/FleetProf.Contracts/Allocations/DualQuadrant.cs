namespace FleetProf.Contracts.Allocations;

/// <summary>What much or little allocation beside much or little in use says about a type. Much is a twentieth of its side. Numbers are never reused.</summary>
public enum DualQuadrant
{
    /// <summary>Little of both.</summary>
    Quiet = 0,

    /// <summary>Much allocated, little in use: it dies young.</summary>
    Churn = 1,

    /// <summary>Little allocated, much in use: it stays.</summary>
    CacheOrLeak = 2,

    /// <summary>Much of both: it comes faster than it goes, or waits.</summary>
    Backlog = 3,
}
