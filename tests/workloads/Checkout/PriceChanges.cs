using System.Runtime.CompilerServices;

namespace FleetProf.Workloads.Checkout;

/// <summary>The latest changes of a price, 8 KB inside the object that holds them.</summary>
[InlineArray(Length)]
internal struct PriceChanges
{
    public const int Length = 1024;

    private long first;
}
