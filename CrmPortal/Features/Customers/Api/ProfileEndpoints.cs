using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using static CrmPortal.Features.Customers.CustomerPartEndpoints;

namespace CrmPortal.Features.Customers;

/// <summary>What else is known of a customer, for programs: further e-mails and phones, days that matter, who belongs to whom.</summary>
internal static class ProfileEndpoints
{
    private const string Point = """
        { "id": 3, "kind": "email", "value": "john@work.example", "label": "Work", "verified_at": null }
        """;

    private const string Day = """
        { "id": 5, "label": "Wedding anniversary", "day": "2010-06-12", "is_yearly": true, "next": "2026-06-12" }
        """;

    private const string Tie = """
        { "id": 8, "other_id": 13, "other_name": "Jane Doe", "other_number": "CUST-20251217-0002", "kind": "spouse", "label": null }
        """;

    public static void MapProfile(this RouteGroupBuilder customer)
    {
        var points = customer.MapGroup("/contact-points");
        points.MapGet("", PointsAsync)
            .Documented("ListContactPoints", "List the e-mails and phones beside the primary ones", Permissions.CustomersView, null, 200,
                $"[{Point}]");
        points.MapPost("", AddPointAsync)
            .Documented("AddContactPoint", "Add an e-mail or a phone beside the primary one", Permissions.CustomersEdit,
                """{ "kind": "email", "value": "john@work.example", "label": "Work" }""", 201, Point);
        points.MapPost(@"/{pointId:regex(^\d+$)}/make-primary", MakePrimaryAsync)
            .Documented("MakeContactPointPrimary", "Make it the primary one; the one before stays beside it", Permissions.CustomersEdit,
                null, 200, $"[{Point}]").AnswersProblems(409);
        points.MapDelete(@"/{pointId:regex(^\d+$)}", RemovePointAsync)
            .Documented("RemoveContactPoint", "Remove an e-mail or a phone beside the primary one", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Contact point removed."));

        var dates = customer.MapGroup("/important-dates");
        dates.MapGet("", DatesAsync)
            .Documented("ListImportantDates", "List the days that matter to a customer, by when they come next", Permissions.CustomersView,
                null, 200, $"[{Day}]");
        dates.MapPost("", AddDateAsync)
            .Documented("AddImportantDate", "Add a day that matters", Permissions.CustomersEdit,
                """{ "label": "Wedding anniversary", "day": "2010-06-12", "is_yearly": true }""", 201, Day);
        dates.MapDelete(@"/{dateId:regex(^\d+$)}", RemoveDateAsync)
            .Documented("RemoveImportantDate", "Remove a day that matters", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Date removed."));

        var ties = customer.MapGroup("/relationships");
        ties.MapGet("", TiesAsync)
            .Documented("ListRelationships", "List the customers who are related to this one", Permissions.CustomersView, null, 200,
                $"[{Tie}]");
        ties.MapPost("", RelateAsync)
            .Documented("AddRelationship", "Relate another customer to this one: the other is kind of them", Permissions.CustomersEdit,
                """{ "other_number": "CUST-20251217-0002", "kind": "spouse" }""", 201, Tie);
        ties.MapDelete(@"/{relationshipId:regex(^\d+$)}", UnrelateAsync)
            .Documented("RemoveRelationship", "Remove a relationship, from either of its sides", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Relationship removed."));
        customer.MapGet("/household", HouseholdAsync)
            .Documented("GetHousehold", "List the customers who share an address with this one, with what they spent together",
                Permissions.CustomersView, null, 200,
                """{ "members": [], "total_orders": 0, "total_spent": 0, "has_more": false }""");
        customer.MapPut("/follow", FollowAsync)
            .Documented("FollowCustomer", "Follow a customer: you are told of changes", Permissions.CustomersView, null, 200,
                """{ "is_following": true }""");
        customer.MapDelete("/follow", UnfollowAsync)
            .Documented("UnfollowCustomer", "Follow a customer no longer", Permissions.CustomersView, null, 200,
                """{ "is_following": false }""");
    }

    private static async Task<Ok<IReadOnlyList<ContactPointDetails>>> PointsAsync(long id, CustomerService customers,
        CancellationToken cancellationToken) => TypedResults.Ok((await customers.FindAsync(id, cancellationToken)).ContactPoints);

    private static async Task<Created<ContactPointDetails>> AddPointAsync(long id, ContactPointBody body, HttpContext http,
        AddressService contacts, CustomerService customers, CancellationToken cancellationToken)
    {
        var known = (await customers.FindAsync(id, cancellationToken)).ContactPoints.Select(p => p.Id).ToHashSet();
        var changed = await contacts.AddContactPointAsync(id, body.Kind, body.Value, body.Label, cancellationToken)
            ?? throw ApiException.NotFound(NoCustomer);
        // Keys grow: of two that came at once, the newest is this one or as good as it.
        var added = changed.Customer.ContactPoints.Where(p => !known.Contains(p.Id)).MaxBy(p => p.Id)
            ?? throw ApiException.NotFound(NoCustomer);
        return TypedResults.Created(AddressOf(http, id, "contact-points", added.Id), added);
    }

    private static async Task<Ok<IReadOnlyList<ContactPointDetails>>> MakePrimaryAsync(long id, long pointId, AddressService contacts,
        CustomerService customers, CancellationToken cancellationToken)
    {
        await DemandPointAsync(customers, id, pointId, cancellationToken);
        var changed = await contacts.MakePrimaryAsync(id, pointId, cancellationToken) ?? throw ApiException.NotFound(NoCustomer);
        return TypedResults.Ok(changed.Customer.ContactPoints);
    }

    private static async Task<Ok<DoneAnswer>> RemovePointAsync(long id, long pointId, AddressService contacts, CustomerService customers,
        CancellationToken cancellationToken)
    {
        await DemandPointAsync(customers, id, pointId, cancellationToken);
        _ = await contacts.RemoveContactPointAsync(id, pointId, cancellationToken) ?? throw ApiException.NotFound(NoCustomer);
        return TypedResults.Ok(new DoneAnswer("Contact point removed."));
    }

    private static async Task DemandPointAsync(CustomerService customers, long id, long pointId, CancellationToken cancellationToken)
    {
        if ((await customers.FindAsync(id, cancellationToken)).ContactPoints.All(p => p.Id != pointId))
            throw ApiException.NotFound("Contact point not found");
    }

    private static async Task<Ok<IReadOnlyList<ImportantDateDetails>>> DatesAsync(long id, RelationService relations,
        CustomerService customers, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await relations.DatesAsync(id, cancellationToken));
    }

    private static async Task<Created<ImportantDateDetails>> AddDateAsync(long id, ImportantDateBody body, HttpContext http,
        RelationService relations, CancellationToken cancellationToken)
    {
        var added = (await relations.AddDateAsync(id, body.Label, body.Day, body.IsYearly, cancellationToken)
            ?? throw ApiException.NotFound(NoCustomer)).Part;
        return TypedResults.Created(AddressOf(http, id, "important-dates", added.Id), added);
    }

    private static async Task<Ok<DoneAnswer>> RemoveDateAsync(long id, long dateId, RelationService relations,
        CancellationToken cancellationToken)
    {
        _ = await relations.RemoveDateAsync(id, dateId, cancellationToken) ?? throw ApiException.NotFound("Date not found");
        return TypedResults.Ok(new DoneAnswer("Date removed."));
    }

    private static async Task<Ok<IReadOnlyList<RelationshipDetails>>> TiesAsync(long id, RelationService relations,
        CustomerService customers, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await relations.RelationshipsAsync(id, cancellationToken));
    }

    private static async Task<Created<RelationshipDetails>> RelateAsync(long id, RelationshipBody body, HttpContext http,
        RelationService relations, CancellationToken cancellationToken)
    {
        _ = await Naming(() => relations.RelateAsync(id, body.OtherNumber, body.Kind, body.Label, cancellationToken))
            ?? throw ApiException.NotFound(NoCustomer);
        var made = (await relations.RelationshipsAsync(id, cancellationToken)).First(r => r.OtherNumber == body.OtherNumber!.Trim());
        return TypedResults.Created(AddressOf(http, id, "relationships", made.Id), made);
    }

    private static async Task<Ok<DoneAnswer>> UnrelateAsync(long id, long relationshipId, RelationService relations,
        CancellationToken cancellationToken)
    {
        _ = await relations.UnrelateAsync(id, relationshipId, cancellationToken) ?? throw ApiException.NotFound("Relationship not found");
        return TypedResults.Ok(new DoneAnswer("Relationship removed."));
    }

    private static async Task<Ok<HouseholdAnswer>> HouseholdAsync(long id, RelationService relations, CustomerService customers,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok(HouseholdAnswer.Of(await relations.HouseholdAsync(id, cancellationToken), shop.Value.Currency));
    }

    private static Task<Ok<CustomerFollowAnswer>> FollowAsync(long id, NotificationService notifications, CustomerService customers,
        CancellationToken cancellationToken) => SetFollowingAsync(id, true, notifications, customers, cancellationToken);

    private static Task<Ok<CustomerFollowAnswer>> UnfollowAsync(long id, NotificationService notifications, CustomerService customers,
        CancellationToken cancellationToken) => SetFollowingAsync(id, false, notifications, customers, cancellationToken);

    private static async Task<Ok<CustomerFollowAnswer>> SetFollowingAsync(long id, bool isFollowing, NotificationService notifications,
        CustomerService customers, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        await notifications.FollowAsync(id, isFollowing, cancellationToken);
        return TypedResults.Ok(new CustomerFollowAnswer(isFollowing));
    }

    /// <summary>The other customer has another name in a body.</summary>
    private static async Task<T> Naming<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (RuleViolationException violation) when (violation.Errors.Any(e => e.Field == "Other"))
        {
            throw new RuleViolationException([.. violation.Errors.Select(e => e.Field == "Other"
                ? e with { Field = nameof(RelationshipBody.OtherNumber) } : e)]);
        }
    }
}

/// <summary>An e-mail or a phone.</summary>
internal sealed record ContactPointBody
{
    public required ContactKind Kind { get; init; }
    public string? Value { get; init; }

    [Description("Such as Work.")]
    public string? Label { get; init; }
}

/// <summary>A day that matters.</summary>
internal sealed record ImportantDateBody
{
    public string? Label { get; init; }
    public DateOnly? Day { get; init; }
    public bool IsYearly { get; init; } = true;
}

/// <summary>Who the other is to this customer.</summary>
internal sealed record RelationshipBody
{
    public string? OtherNumber { get; init; }

    [Description("The other is their spouse, partner, parent, child, sibling, friend, neighbour, colleague, referrer, referred or other.")]
    public RelationshipKind Kind { get; init; }

    public string? Label { get; init; }
}

/// <summary>The people who share an address, the customer first; nobody where they live alone.</summary>
/// <param name="TotalSpent">In the shop's currency.</param>
/// <param name="HasMore">Whether more share it than are listed.</param>
internal sealed record HouseholdAnswer(IReadOnlyList<HouseholdMemberAnswer> Members, int TotalOrders, decimal TotalSpent, bool HasMore)
{
    public static HouseholdAnswer Of(Household household, string currency) => new(
        [.. household.Members.Select(m => new HouseholdMemberAnswer(m.Id, m.Number, m.Name, m.Orders, Money.ToDecimal(m.Spent, currency),
            m.LastOrderAt, m.EmailMarketing, m.SmsMarketing, m.Ties))],
        household.Orders, Money.ToDecimal(household.Spent, currency), household.HasMore);
}

/// <summary>Somebody who shares the address.</summary>
/// <param name="Ties">What they are to the customer.</param>
internal sealed record HouseholdMemberAnswer(long CustomerId, string CustomerNumber, string Name, int TotalOrders, decimal TotalSpent,
    DateTimeOffset? LastOrderDate, bool EmailMarketing, bool SmsMarketing, IReadOnlyList<RelationshipKind> Ties);

internal sealed record CustomerFollowAnswer(bool IsFollowing);
