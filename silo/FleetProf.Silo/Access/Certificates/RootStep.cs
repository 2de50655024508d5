namespace FleetProf.Silo.Access.Certificates;

/// <summary>The steps of a change of the root, by their numbers.</summary>
internal enum RootStep
{
    /// <summary>Another root is made and trusted.</summary>
    Trust = 1,

    /// <summary>The new root signs.</summary>
    Sign = 2,

    /// <summary>Old roots are not trusted any more.</summary>
    Forget = 3,
}
