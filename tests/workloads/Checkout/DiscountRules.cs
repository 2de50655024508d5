using System.Collections;
using System.Runtime.CompilerServices;

namespace FleetProf.Workloads.Checkout;

/// <summary>Quantity discounts.</summary>
internal static class DiscountRules
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Apply(Order order)
    {
        long total = 0;
        foreach (var line in order.Lines)
        {
            total += Price(line.Quantity, line.UnitCents);
        }

        return total;
    }

    /// <summary>The planted boxing site: every quantity is stored as an object.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long ApplyLoose(Order order)
    {
        var quantities = new ArrayList(order.Lines.Length * Rounds);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var line in order.Lines)
            {
                quantities.Add(line.Quantity);
            }
        }

        long total = 0;
        for (var index = 0; index < order.Lines.Length; index++)
        {
            total += Price((int)quantities[index]!, order.Lines[index].UnitCents);
        }

        return total;
    }

    private const int Rounds = 16;

    private static long Price(int quantity, int unitCents) => (long)quantity * unitCents * (quantity >= 5 ? 90 : 100) / 100;
}
