using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

/// <summary>The products that an import's lines name; those that are new are written where there is a writer.</summary>
internal sealed class ProductCatalogue(CrmDbContext db, ImportWriter? writer)
{
    /// <summary>The product that stands for all that was bought, where a report names no lines.</summary>
    public const string WholeOrder = "IMPORTED-ORDER";

    private const string WholeOrderName = "Imported order";

    private readonly Dictionary<string, (long Id, string Name)> _known = new(StringComparer.Ordinal);

    public async Task LearnAsync(IReadOnlyCollection<StagedOrderLine> lines, CancellationToken cancellationToken)
    {
        var unknown = lines.Where(l => !_known.ContainsKey(l.Product)).Select(l => l.Product).Distinct().ToList();
        if (unknown.Count == 0) return;
        foreach (var product in await db.Products.AsNoTracking().Where(p => unknown.Contains(p.Code))
            .Select(p => new { p.Id, p.Code, p.Name }).ToListAsync(cancellationToken))
            _known[product.Code] = (product.Id, product.Name);
        // A line that names the product is preferred to one that only gives its code.
        var created = lines.Where(l => !_known.ContainsKey(l.Product)).GroupBy(l => l.Product)
            .Select(g => g.FirstOrDefault(l => l.Description is not null) ?? g.First()).ToList();
        var keys = writer is null ? [] : await writer.KeysAsync<Product>(created.Count, cancellationToken);
        var products = created
            .Select(l => new Product { Id = keys.TryDequeue(out var id) ? id : 0, Code = l.Product,
                Name = l.Product == WholeOrder ? WholeOrderName : l.Description ?? l.Product,
            Category = l.Category, Brand = l.Brand }).ToList();
        foreach (var product in products) _known[product.Code] = (product.Id, product.Name);
        if (writer is not null) await writer.WriteAsync(products, cancellationToken);
    }

    public long IdOf(StagedOrderLine line) => _known[line.Product].Id;

    /// <summary>What the receipt said, where it differs from the product's name.</summary>
    public string? DescriptionOf(StagedOrderLine line) => line.Description is { } text && text != _known[line.Product].Name ? text : null;
}
