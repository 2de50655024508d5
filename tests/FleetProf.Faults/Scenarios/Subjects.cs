namespace FleetProf.Faults.Scenarios;

/// <summary>What a fault acts on. Of two faults of one thing the one undoes the other, or hides it.</summary>
[Flags]
internal enum Subjects
{
    None = 0,

    /// <summary>The silo that is hit: its process, and what reaches that.</summary>
    Silo = 1,

    /// <summary>The first agent's process or identity.</summary>
    Agent = 2,

    /// <summary>The first watched process.</summary>
    Target = 4,

    /// <summary>The first agent's disk, which nobody writes to while that agent is away.</summary>
    Spool = 8,

    /// <summary>The silos' disk for artifacts.</summary>
    Store = 16,

    /// <summary>The database or the way to it.</summary>
    Database = 32,

    /// <summary>The links between the first agent and the silos.</summary>
    Links = 64,

    Everything = Silo | Agent | Target | Spool | Store | Database | Links,
}
