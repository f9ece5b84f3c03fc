using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Consents;

/// <summary>An entry of the ledger.</summary>
/// <param name="Wording">The text that was agreed to.</param>
internal sealed record ConsentAnswer(
    long Id, ConsentPurpose Purpose, Channel Channel, ConsentState State, ConsentSource Source, DateTimeOffset At, string? By,
        string? IpAddress, string? UserAgent, string? Form, int? WordingVersion, string? Wording)
{
    public static ConsentAnswer Of(ConsentDetails c) =>
        new(c.Id, c.Purpose, c.Channel, c.State, c.Source, c.At, c.ActorName.Length > 0 ? c.ActorName : null, c.IpAddress, c.UserAgent,
            c.Form, c.WordingNumber, c.WordingText);
}

/// <summary>What holds at present.</summary>
internal sealed record CurrentConsentAnswer(ConsentPurpose Purpose, Channel Channel, ConsentState State, DateTimeOffset Since);

/// <summary>The present state and a page of the ledger, newest first.</summary>
internal sealed record ConsentsAnswer(IReadOnlyList<CurrentConsentAnswer> Current, IReadOnlyList<ConsentAnswer> Items, int Page, int Limit,
    int Total, int Pages);

/// <summary>What a customer said, or is to be asked.</summary>
internal sealed record ConsentInput
{
    public required ConsentPurpose Purpose { get; init; }
    public required Channel Channel { get; init; }

    [Description("granted or withdrawn; requested asks the customer by e-mail and takes effect when they confirm.")]
    public required ConsentState State { get; init; }

    [Description("How the customer told you, such as the name of a form.")]
    public string? Form { get; init; }
}

/// <summary>Consents for programs. Entries are added; none is ever changed or removed.</summary>
internal static class ConsentEndpoints
{
    private const string NoCustomer = "Customer not found";

    private const string Entry = """
        {
          "id": 9, "purpose": "marketing", "channel": "email", "state": "granted", "source": "api", "at": "2026-02-03T10:15:00Z", "by": "Ada Agent", "ip_address": "192.0.2.7",
          "user_agent": null, "form": "checkout", "wording_version": 2, "wording": "I want to hear of offers by e-mail."
        }
        """;

    public static void MapConsents(this RouteGroupBuilder api)
    {
        var group = api.MapGroup(@"/customers/{id:regex(^\d+$)}/consents").WithTags("Consents");
        group.MapGet("/", ListAsync).Documented("ListConsents", "List a customer's consents and where they came from",
            Permissions.CustomersView, null, 200,
            $$"""{ "current": [ { "purpose": "marketing", "channel": "email", "state": "granted", "since": "2026-02-03T10:15:00Z" } ], "items": [ {{Entry}} ], "page": 1, "limit": 20, "total": 1, "pages": 1 }""");
        group.MapPost("/", AddAsync).Documented("AddConsent", "Record a consent or a withdrawal, or request a consent",
            Permissions.CustomersEdit,
            """{ "purpose": "marketing", "channel": "email", "state": "granted", "form": "checkout" }""", 201, Entry);
    }

    private static async Task<Ok<ConsentsAnswer>> ListAsync(
        long id, HttpContext http, ConsentService consents, CancellationToken cancellationToken,
        [Description("Starts at 1.")] int? page = null,
            [Description("Entries per page; defaults to 20, at most 100.")] int? limit = null)
    {
        var wanted = http.Contract().Paging.Page(page, limit, ListQuery.UsualLimit);
        var total = await consents.CountAsync(id, cancellationToken) ?? throw ApiException.NotFound(NoCustomer);
        var found = ListAnswer<ConsentAnswer>
            .Of(http, [.. (await consents.ListAsync(id, wanted, cancellationToken)).Items.Select(ConsentAnswer.Of)], wanted.Number,
            wanted.Size, total);
        var current = await consents.CurrentAsync(id, cancellationToken);
        return TypedResults.Ok(new ConsentsAnswer([.. current.Select(c => new CurrentConsentAnswer(c.Purpose, c.Channel, c.State, c.At))],
            found.Items, found.Page, found.Limit, found.Total, found.Pages));
    }

    private static async Task<Created<ConsentAnswer>> AddAsync(long id, ConsentInput input, HttpContext http,
        ConsentService consents, CancellationToken cancellationToken)
    {
        var added = input.State == ConsentState.Requested
            ? await consents.RequestAsync(id, input.Purpose, input.Channel, input.Form, cancellationToken)
            : await consents.SetAsync(id, input.Purpose, input.Channel, input.State == ConsentState.Granted, input.Form, cancellationToken);
        return TypedResults.Created(http.Contract().AddressOf(id) + "/consents",
            ConsentAnswer.Of(added ?? throw ApiException.NotFound(NoCustomer)));
    }
}
