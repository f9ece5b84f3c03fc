using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.SelfService;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Customers;

/// <summary>Shows customers as document 2 prints them, with the name of their account and the points that they can spend now.</summary>
internal sealed class ShopCustomerSight(CustomerProfileService profiles, LedgerService ledger, IOptions<ShopOptions> shop)
{
    /// <summary>A fixed number of statements for all of them.</summary>
    public async Task<List<ShopCustomerAnswer>> OfAsync(IReadOnlyList<CustomerDetails> customers, CancellationToken cancellationToken)
    {
        List<long> ids = [.. customers.Select(c => c.Id)];
        var names = await profiles.UserNamesAsync(ids, cancellationToken);
        var points = await ledger.SpendableAsync(ids, cancellationToken);
        return [.. customers.Select(c => ShopCustomerAnswer.Of(c, names.GetValueOrDefault(c.Id), points.GetValueOrDefault(c.Id),
            shop.Value.Currency))];
    }

    public async Task<ShopCustomerAnswer> OfAsync(CustomerDetails customer, CancellationToken cancellationToken) =>
        (await OfAsync([customer], cancellationToken))[0];
}
