using System.Globalization;
using System.Text;

namespace FleetProf.Workloads.Checkout;

/// <summary>Receipts as text, and now and then as a picture for the printer: garbage of every size, as in any service.</summary>
internal static class ReceiptPrinter
{
    private const int PictureEvery = 25;
    private const int PictureBytes = 120_000;

    /// <summary>Number of characters and bytes that went to the printer.</summary>
    public static int Print(Order order)
    {
        var text = new StringBuilder();
        foreach (var line in order.Lines)
        {
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"{line.Quantity} x {line.Sku:x8} at {line.UnitCents}"));
        }

        return text.ToString().Length + (order.Number % PictureEvery == 0 ? Draw(order).Length : 0);
    }

    /// <summary>A large object: enough of them make the collector look at the whole heap.</summary>
    private static byte[] Draw(Order order)
    {
        var picture = new byte[PictureBytes];
        picture.AsSpan(0, 256).Fill((byte)order.Number);
        return picture;
    }
}
