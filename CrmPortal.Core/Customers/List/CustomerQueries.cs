using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>The steps from which customer queries are built.</summary>
internal static class CustomerQueries
{
    /// <summary>The customers of a query, each with the key by which "newest first" reads without sorting.</summary>
    /// <param name="exactIds">Where set, the customers found by a complete e-mail or phone, instead of the search.</param>
    public static IQueryable<CustomerMatch> Matching(
        this CrmDbContext db, IDatabaseProvider provider, CustomerQuery query, FilterContext context, IReadOnlyList<long>? exactIds = null)
    {
        var terms = SearchText.Terms(query.Search);
        IQueryable<CustomerMatch> matches;
        if (exactIds is { Count: > 0 })
        {
            matches = db.Customers.Where(c => exactIds.Contains(c.Id)).Select(c => new CustomerMatch { Key = c.Id, Customer = c });
        }
        else if (terms.Count > 0)
        {
            matches = provider.MatchCustomers(db, terms, context.MaySeeSensitive);
        }
        else
        {
            matches = db.Customers.Select(c => new CustomerMatch { Key = c.Id, Customer = c });
        }

        matches = query.InTrash ? matches.Where(m => m.Customer.DeletedAt != null) : matches.Where(m => m.Customer.DeletedAt == null);
        var predicate = CustomerFilters.Catalogue.Predicate(FilterText.Parse(query.Filter), context);
        if (predicate is null) return matches;
        var parameter = System.Linq.Expressions.Expression.Parameter(typeof(CustomerMatch), "m");
        var body = predicate.Body.Replaced(predicate.Parameters[0],
            System.Linq.Expressions.Expression.Property(parameter, nameof(CustomerMatch.Customer)));
        return matches.Where(System.Linq.Expressions.Expression.Lambda<Func<CustomerMatch, bool>>(body, parameter));
    }

    /// <summary>The lines of a page whose keys are known, in the order of the keys.</summary>
    public static async Task<List<CustomerRow>> RowsAsync(this CrmDbContext db, List<long> ids, bool maySeeSensitive,
        CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return [];
        var rows = await db.Customers.AsNoTracking().Include(c => c.Score).Include(c => c.Forecast).Where(c => ids.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, cancellationToken);
        // As a part of the query above, the database would number the addresses of all customers for it.
        var places = (await db.Addresses.Where(a => ids.Contains(a.CustomerId)).OrderByDescending(a => a.IsDefault).ThenBy(a => a.Id)
            .Select(a => new { a.CustomerId, a.City, a.Country }).ToListAsync(cancellationToken)).ToLookup(a => a.CustomerId);
        var tags = (await db.CustomerTags.Where(t => ids.Contains(t.CustomerId)).OrderBy(t => t.Id)
            .Select(t => new { t.CustomerId, t.Tag!.Name }).ToListAsync(cancellationToken))
            .ToLookup(t => t.CustomerId, t => t.Name);
        return [.. ids.Where(rows.ContainsKey)
            .Select(id => Row(rows[id], places[id].FirstOrDefault()?.City, places[id].FirstOrDefault()?.Country, [.. tags[id]],
            maySeeSensitive))];
    }

    /// <summary>Customers in full whose keys are known, in the order of the keys; a fixed number of statements for all of them.</summary>
    public static async Task<List<CustomerDetails>> DetailsAsync(this CrmDbContext db, IReadOnlyList<long> ids, bool maySeeSensitive,
        CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return [];
        var found = await db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        foreach (var address in await db.Addresses.AsNoTracking().Where(a => ids.Contains(a.CustomerId)).ToListAsync(cancellationToken))
            found.GetValueOrDefault(address.CustomerId)?.Addresses.Add(address);
        foreach (var point in await db.ContactPoints.AsNoTracking().Where(p => ids.Contains(p.CustomerId)).ToListAsync(cancellationToken))
            found.GetValueOrDefault(point.CustomerId)?.ContactPoints.Add(point);
        var tags = (await db.CustomerTags.Where(t => ids.Contains(t.CustomerId)).OrderBy(t => t.Id)
            .Select(t => new { t.CustomerId, Name = new TagName(t.TagId, t.Tag!.Name, t.Tag.Colour) }).ToListAsync(cancellationToken))
            .ToLookup(t => t.CustomerId, t => t.Name);
        return [.. ids.Where(found.ContainsKey).Select(id => Details(found[id], tags[id], maySeeSensitive))];
    }

    public static CustomerDetails Details(Customer c, bool maySeeSensitive) =>
        Details(c, c.Tags.OrderBy(t => t.Id).Select(t => new TagName(t.TagId, t.Tag!.Name, t.Tag.Colour)), maySeeSensitive);

    public static CustomerDetails Details(Customer c, IEnumerable<TagName> tags, bool maySeeSensitive)
    {
        var details = new CustomerDetails(
            c.Id, c.Number, c.DisplayName, c.GivenName, c.FamilyName, c.Email, c.Phone, c.ExternalId, c.DateOfBirth, c.Gender, c.Language,
                c.Currency, c.Country, c.Source,
            c.Status, c.BlockReason, c.IsVip, c.VipReason, Figures(c), c.CreatedAt, c.UpdatedAt, c.LastInteractionAt, c.DeletedAt,
                c.Version, IsMasked: false,
            [.. tags],
            [.. c.Addresses.OrderByDescending(a => a.IsDefault).ThenBy(a => a.Id).Select(Details)],
            [.. c.ContactPoints.OrderBy(p => p.Id).Select(p => new ContactPointDetails(p.Id, p.Kind, p.Value, p.Label, p.VerifiedAt))])
        {
            PreferredName = c.PreferredName,
            EmailVerifiedAt = c.EmailVerifiedAt,
            PhoneVerifiedAt = c.PhoneVerifiedAt,
            TimeZone = c.TimeZone,
            ContactFrom = c.ContactFrom,
            ContactUntil = c.ContactUntil,
            PreferredAgentId = c.PreferredAgentId,
            AvatarId = c.AvatarId,
            InactiveReason = c.InactiveReason,
            Subscription = c.Subscription,
            EmailMarketing = c.EmailMarketing,
            SmsMarketing = c.SmsMarketing,
            FirstContactAt = c.FirstOrderAt < (c.FirstContactAt ?? c.CreatedAt) ? c.FirstOrderAt.Value : c.FirstContactAt ?? c.CreatedAt,
            LoyaltyCard = c.LoyaltyCard,
            VipSince = c.VipSince,
            Tier = c.Tier,
        };
        return maySeeSensitive ? details : details with
        {
            IsMasked = true,
            DisplayName = Shown(c, false),
            Email = Masking.Email(c.Email),
            Phone = Masking.Phone(c.Phone),
            DateOfBirth = null,
            Addresses = [.. details.Addresses.Select(a => a.Masked())],
            ContactPoints = [.. details.ContactPoints.Select(p => p.Masked())],
        };
    }

    public static AddressDetails Details(Address a) => new(a.Id, a.Type, a.IsDefault, a.Line1, a.Line2, a.City, a.State, a.PostalCode,
        a.Country)
    {
        GivenName = a.GivenName, FamilyName = a.FamilyName, Phone = a.Phone, Latitude = a.Latitude, Longitude = a.Longitude,
            VerifiedAt = a.VerifiedAt, VerifiedByName = a.VerifiedByName, Version = a.Version,
    };

    /// <summary>The name that is shown; a customer without a name is not shown by an e-mail or phone that may not be seen.</summary>
    public static string Shown(Customer c, bool maySeeSensitive) =>
        maySeeSensitive || c.PreferredName is not null || c.GivenName is not null || c.FamilyName is not null ? c.DisplayName : c.ExternalId
            ?? c.Number;

    private static OrderFigures Figures(Customer c) => new(c.OrderCount, c.TotalSpent, c.AverageOrder, c.FirstOrderAt, c.LastOrderAt);

    private static CustomerRow Row(Customer c, string? city, string? country, IReadOnlyList<string> tags, bool maySeeSensitive) => new(
        c.Id, c.Number, Shown(c, maySeeSensitive), maySeeSensitive ? c.Email : Masking.Email(c.Email), maySeeSensitive
            ? c.Phone : Masking.Phone(c.Phone),
        c.Status, c.IsVip, c.Source, c.Language, city, country ?? c.Country, tags, Figures(c), c.CreatedAt, c.UpdatedAt,
            c.LastInteractionAt, c.DeletedAt, c.Version)
    {
        Points = c.Points, Tier = c.Tier, Scores = RfmScores.Of(c.Score), ExpectedValue = c.Forecast?.Value, Alive = c.Forecast?.Alive,
    };
}
