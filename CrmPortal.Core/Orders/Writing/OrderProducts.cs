using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <summary>The products that lines name; those that are not known yet are added.</summary>
internal sealed class OrderProducts
{
    private readonly Dictionary<string, Product> _known;

    private OrderProducts(Dictionary<string, Product> known) => _known = known;

    /// <summary>Finds or makes the products of some lines; new ones are saved with the next save.</summary>
    public static async Task<OrderProducts> LearnAsync(CrmDbContext db, IReadOnlyList<PlannedLine> lines,
        CancellationToken cancellationToken)
    {
        var codes = lines.Select(l => l.Code).Distinct(StringComparer.Ordinal).ToList();
        var known = await db.Products.Where(p => codes.Contains(p.Code))
            .ToDictionaryAsync(p => p.Code, StringComparer.Ordinal, cancellationToken);
        // A line that names the product is preferred to one that only gives its code.
        foreach (var line in lines.Where(l => !known.ContainsKey(l.Code)).GroupBy(l => l.Code)
            .Select(g => g.FirstOrDefault(l => l.Name is not null) ?? g.First()).ToList())
            known[line.Code] = db.Products
                .Add(new Product { Code = line.Code, Name = line.Name ?? line.Code, Category = line.Category, Brand = line.Brand }).Entity;
        return new(known);
    }

    public Product Of(PlannedLine line) => _known[line.Code];

    /// <summary>What the receipt said, where it differs from the product's name.</summary>
    public string? DescriptionOf(PlannedLine line) => line.Name is { } text && text != Of(line).Name ? text : null;
}
