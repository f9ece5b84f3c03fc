using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Orders;

/// <summary>What customers wish for, say of products, and left in their carts.</summary>
public sealed partial class ShoppingService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, CustomerService customers,
        IOrderLoyalty loyalty, TimeProvider clock, IOptions<ShopOptions> shop, IOptions<OrderOptions> options)
{
    public const int MostWishes = 200;
    public const int MostReviews = 1_000;
    private const int MostShown = 200;

    /// <summary>What a customer would like to have, the last wish first.</summary>
    public async Task<IReadOnlyList<WishDetails>> WishesAsync(long customerId, CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersView, cancellationToken) is null) return [];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.WishlistItems.Where(i => i.CustomerId == customerId).OrderByDescending(i => i.Id).Take(MostShown)
            .Select(i => new WishDetails(i.Id, i.Product!.Code, i.Product.Name, i.AddedAt)).ToListAsync(cancellationToken);
    }

    /// <summary>Adds a wish; one that is there already stays as it is. Null where there is no such customer.</summary>
    /// <exception cref="RuleViolationException">The product is missing, or there are too many wishes.</exception>
    public async Task<PartChangeResult<WishDetails>?> WishAsync(long customerId, WishInput input, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var product = ProductOf(nameof(input.ProductCode), input.ProductCode, nameof(input.Name), input.Name, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        WishlistItem? item = null;
        var changed = await customers.ChangeAsync(grant, customerId, "customer.wishlist", Permissions.CustomersEdit, async (db, _) =>
        {
            var known = (await OrderProducts.LearnAsync(db, [product], cancellationToken)).Of(product);
            item = known.Id == 0 ? null : await db.WishlistItems.FirstOrDefaultAsync(i => i.CustomerId == customerId
                && i.ProductId == known.Id, cancellationToken);
            if (item is null)
            {
                if (await db.WishlistItems.CountAsync(i => i.CustomerId == customerId, cancellationToken) >= MostWishes)
                    throw new RuleViolationException("", "A wishlist can have at most {0} products.", MostWishes);
                db.WishlistItems
                    .Add(item = new WishlistItem { CustomerId = customerId, ProductId = known.Id, Product = known,
                    AddedAt = clock.GetUtcNow() });
            }

            item.Product = known;
        }, cancellationToken);
        return changed is null ? null : new(new(item!.Id, item.Product!.Code, item.Product.Name, item.AddedAt), changed.ChangeSetId);
    }

    /// <summary>Removes a wish; answers the change set by which that can be undone, or null where there is none.</summary>
    public async Task<long?> UnwishAsync(long customerId, long itemId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await RemoveAsync(grant, customerId, "customer.wishlist",
            db => db.WishlistItems.Where(i => i.Id == itemId && i.CustomerId == customerId), cancellationToken);
    }

    /// <summary>What a customer says of products, the last first.</summary>
    public async Task<IReadOnlyList<ReviewDetails>> ReviewsAsync(long customerId, CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersView, cancellationToken) is null) return [];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var reviews = await db.ProductReviews.AsNoTracking().Include(r => r.Product).Where(r => r.CustomerId == customerId)
            .OrderByDescending(r => r.Id).Take(MostShown).ToListAsync(cancellationToken);
        return reviews.ConvertAll(Details);
    }

    /// <summary>
    /// Writes a customer's review of a product, or changes the one they wrote. The first one of a product earns the programme's bonus. Null
    /// where there is no such customer.
    /// </summary>
    /// <exception cref="RuleViolationException">A field is wrong.</exception>
    public async Task<ReviewSaved?> ReviewAsync(long customerId, ReviewInput input, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var product = ProductOf(nameof(input.ProductCode), input.ProductCode, nameof(input.ProductName), input.ProductName, errors);
        if (input.Rating is < 1 or > 5) errors.Add(new(nameof(input.Rating), "The rating must be 1 to 5."));
        var title = TextRules.Text(nameof(input.Title), input.Title, ProductReview.TitleLength, errors).Value;
        var text = TextRules.Text(nameof(input.Text), input.Text, ProductReview.TextLength, errors).Value;
        if (errors.Count > 0) throw new RuleViolationException(errors);
        ProductReview? review = null;
        var (isNew, points) = (false, 0L);
        // It may book points, which are never taken away by the general undo.
        var changed = await customers.ChangeAsync(grant, customerId, "customer.review", null, async (db, _) =>
        {
            var known = (await OrderProducts.LearnAsync(db, [product], cancellationToken)).Of(product);
            review = known.Id == 0 ? null : await db.ProductReviews.FirstOrDefaultAsync(r => r.CustomerId == customerId
                && r.ProductId == known.Id, cancellationToken);
            isNew = review is null;
            if (review is null)
            {
                if (await db.ProductReviews.CountAsync(r => r.CustomerId == customerId, cancellationToken) >= MostReviews)
                    throw new RuleViolationException("", "A customer can have at most {0} reviews.", MostReviews);
                db.ProductReviews.Add(review = new ProductReview { CustomerId = customerId, ProductId = known.Id, Product = known });
            }

            review.Product = known;
            if (isNew || (review.Rating, review.Title, review.Text) != (input.Rating, title, text)) (review.Rating, review.Title,
                review.Text, review.At) = (input.Rating, title, text, clock.GetUtcNow());
            if (!isNew) return;
            await db.SaveChangesAsync(cancellationToken);
            points = await loyalty.ThankForReviewAsync(db, grant.Actor, customerId, known.Id, cancellationToken);
        }, cancellationToken);
        return changed is null ? null : new(Details(review!), isNew, points, changed.ChangeSetId);
    }

    /// <summary>
    /// Removes a review; the points that it earned stay. Answers the change set by which that can be undone, or null where there is none.
    /// </summary>
    public async Task<long?> RemoveReviewAsync(long customerId, long reviewId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await RemoveAsync(grant, customerId, "customer.review",
            db => db.ProductReviews.Where(r => r.Id == reviewId && r.CustomerId == customerId), cancellationToken);
    }

    private async Task<long?> RemoveAsync<T>(Grant grant, long customerId, string kind, Func<CrmDbContext, IQueryable<T>> find,
        CancellationToken cancellationToken)
        where T : class
    {
        var isFound = false;
        var changed = await customers.ChangeAsync(grant, customerId, kind, Permissions.CustomersEdit, async (db, _) =>
        {
            isFound = await find(db).FirstOrDefaultAsync(cancellationToken) is { } row && db.Remove(row) is not null;
        }, cancellationToken);
        return isFound ? changed?.ChangeSetId : null;
    }

    private static PlannedLine ProductOf(string codeField, string? code, string nameField, string? name, List<FieldError> errors) => new(
        TextRules.Required(codeField, code, Product.CodeLength, "Enter a product code.", errors),
            TextRules.Text(nameField, name, Product.NameLength, errors).Value, null, null, 1, 0, 0, 0, 0);

    private static ReviewDetails Details(ProductReview r) => new(r.Id, r.Product!.Code, r.Product.Name, r.Rating, r.Title, r.Text, r.At,
        r.Version);
}
