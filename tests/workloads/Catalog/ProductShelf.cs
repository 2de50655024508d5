using System.Globalization;

namespace FleetProf.Workloads.Catalog;

/// <summary>Products kept for the life of the process.</summary>
internal sealed class ProductShelf
{
    private readonly List<Product> products;

    public ProductShelf(int count) => products =
        [.. Enumerable.Range(0, count).Select(index => new Product(index, string.Create(CultureInfo.InvariantCulture, $"product {index:x5}"), 100 + (index % 900)))];

    /// <summary>At most 50 products whose name contains the text.</summary>
    public IReadOnlyList<Product> Find(string text)
    {
        var found = new List<Product>();
        foreach (var product in products)
        {
            if (product.Name.Contains(text, StringComparison.Ordinal))
            {
                found.Add(product with { Name = product.Name.ToUpperInvariant() });
                if (found.Count == 50)
                {
                    break;
                }
            }
        }

        return found;
    }
}
