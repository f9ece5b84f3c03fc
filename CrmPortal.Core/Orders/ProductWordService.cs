using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <summary>What products, their categories and their brands are called, to choose from when a rule is written.</summary>
public sealed class ProductWordService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access)
{
    /// <summary>So many are offered; whoever has more types the name or the code.</summary>
    private const int Most = 500;

    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Products.Select(p => p.Name).Distinct().OrderBy(n => n).Take(Most).ToListAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<string>> CategoriesAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Products.Where(p => p.Category != null).Select(p => p.Category!).Distinct().OrderBy(n => n).Take(Most)
            .ToListAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<string>> BrandsAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Products.Where(p => p.Brand != null).Select(p => p.Brand!).Distinct().OrderBy(n => n).Take(Most)
            .ToListAsync(cancellationToken);
    }
}
