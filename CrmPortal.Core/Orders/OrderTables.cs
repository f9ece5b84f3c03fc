using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <summary>
/// The tables of orders and shopping. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>: a query holds no
/// extension properties.
/// </summary>
public static class OrderTables
{
    extension(CrmDbContext db)
    {
        public DbSet<Order> Orders => db.Set<Order>();
        public DbSet<OrderLine> OrderLines => db.Set<OrderLine>();
        public DbSet<Product> Products => db.Set<Product>();
        public DbSet<Refund> Refunds => db.Set<Refund>();
        public DbSet<RefundLine> RefundLines => db.Set<RefundLine>();
        public DbSet<WishlistItem> WishlistItems => db.Set<WishlistItem>();
        public DbSet<Cart> Carts => db.Set<Cart>();
        public DbSet<CartLine> CartLines => db.Set<CartLine>();
        public DbSet<ProductReview> ProductReviews => db.Set<ProductReview>();
    }
}
