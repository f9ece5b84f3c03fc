using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Orders;

/// <summary>Products by the customers who bought them, read from the lines of orders.</summary>
internal sealed class BoughtProducts : ICustomerRows
{
    /// <summary>The products of everybody's orders that count in the statistics, whatever was refunded since.</summary>
    public IQueryable Of(CrmDbContext db) =>
        from line in db.Set<OrderLine>()
        where line.Order!.CustomerId != null && Order.CountedStatuses.Contains(line.Order.Status)
        select new BoughtProduct
        {
            CustomerId = line.Order!.CustomerId!.Value, Code = line.Product!.Code, Name = line.Product.Name,
            Category = line.Product.Category, Brand = line.Product.Brand,
        };
}
