using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>Whose months are looked at: some customers, or all whose keys lie in a stretch.</summary>
internal sealed class BuyerScope
{
    private readonly List<long>? _ids;
    private readonly long _after;
    private readonly long _upTo;

    public BuyerScope(List<long> ids) => _ids = ids;

    public BuyerScope(long after, long upTo) => (_after, _upTo) = (after, upTo);

    public IQueryable<Order> Orders(CrmDbContext db) => _ids is { } ids
        ? db.Orders.Where(o => ids.Contains(o.CustomerId!.Value))
        : db.Orders.Where(o => o.CustomerId > _after && o.CustomerId <= _upTo);

    public IQueryable<Refund> Refunds(CrmDbContext db) => _ids is { } ids
        ? db.Refunds.Where(r => ids.Contains(r.CustomerId!.Value))
        : db.Refunds.Where(r => r.CustomerId > _after && r.CustomerId <= _upTo);

    public IQueryable<CustomerMonth> Kept(CrmDbContext db) => _ids is { } ids
        ? db.CustomerMonths.Where(m => ids.Contains(m.CustomerId))
        : db.CustomerMonths.Where(m => m.CustomerId > _after && m.CustomerId <= _upTo);
}
