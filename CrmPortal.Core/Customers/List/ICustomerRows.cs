using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Customers;

/// <summary>Rows of a kind that name customers and that rules ask for; whoever keeps them answers.</summary>
public interface ICustomerRows
{
    /// <summary>Those of everybody, as a query of such as <see cref="BoughtProduct"/>.</summary>
    IQueryable Of(CrmDbContext db);
}
