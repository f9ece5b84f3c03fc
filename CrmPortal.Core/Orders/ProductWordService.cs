using System.Linq.Expressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <summary>What products, their categories and their brands are called, to choose from when a rule is written.</summary>
public sealed class ProductWordService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access)
{
    /// <summary>So many are offered at a time.</summary>
    private const int Most = 200;

    /// <summary>Products whose code or name begins with what is typed, or whose name holds it; the first ones where nothing is.</summary>
    public Task<IReadOnlyList<string>> NamesAsync(string? typed, CancellationToken cancellationToken)
    {
        var text = typed?.Trim() ?? "";
        if (text.Length > Product.NameLength || StoredText.IsUnstorable(text)) return Task.FromResult<IReadOnlyList<string>>([]);
        return ReadAsync(p => p.Name, cancellationToken, text.Length == 0 ? null : OrderQueries.IsNamed(text));
    }

    public Task<IReadOnlyList<string>> CategoriesAsync(CancellationToken cancellationToken) => ReadAsync(p => p.Category,
        cancellationToken);

    public Task<IReadOnlyList<string>> BrandsAsync(CancellationToken cancellationToken) => ReadAsync(p => p.Brand, cancellationToken);

    private async Task<IReadOnlyList<string>> ReadAsync(Expression<Func<Product, string?>> word, CancellationToken cancellationToken,
        Expression<Func<Product, bool>>? isMeant = null)
    {
        await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var products = isMeant is null ? db.Products : db.Products.Where(isMeant);
        return (await products.Select(word).Where(w => w != null).Distinct().OrderBy(w => w).Take(Most)
            .ToListAsync(cancellationToken))!;
    }
}
