using System.ComponentModel;
using System.Text.Json.Serialization;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Layout;

namespace CrmPortal.Features.Customers;

/// <summary>
/// A customer as document 4 shows them. E-mail, phones, street and coordinates are masked for those who may not see them; the address is
/// the one that stands first among theirs.
/// </summary>
internal sealed record CustomerV2
{
    [JsonPropertyName("_id")]
    public required OpaqueId Id { get; init; }

    [Description("E.164 without the plus.")]
    public required string? PhoneNumber { get; init; }

    public required string? FirstName { get; init; }
    public required string? LastName { get; init; }
    public required string? Email { get; init; }

    [Description("The address of the picture.")]
    public required string? Avatar { get; init; }

    public required IReadOnlyList<string> AlternativePhones { get; init; }
    public required AddressV2? Address { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }

    [Description("vip, regular, new or inactive; follows from the VIP flag, the status and the age of the record.")]
    public required string Segment { get; init; }

    [Description("whatsapp, referral, website, social_media or other.")]
    public required string Source { get; init; }

    public required IReadOnlyDictionary<string, string> CustomFields { get; init; }
    public required PreferencesV2 Preferences { get; init; }

    [Description("active, inactive or blocked.")]
    public required CustomerStatus Status { get; init; }

    public required bool IsBlocked { get; init; }
    public required string? BlockReason { get; init; }

    [Description("The newest note that is for everybody.")]
    public required string? Notes { get; init; }

    public required StatisticsV2 Statistics { get; init; }
    public required DateTimeOffset FirstContact { get; init; }
    public required DateTimeOffset LastInteraction { get; init; }

    [Description("Of chats.")]
    public required DateTimeOffset? LastMessageAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <param name="newSince">See <see cref="CustomerKinds"/>.</param>
    public static CustomerV2 Of(CustomerDetails c, WholeCustomerParts parts, ConversationFigures figures, DateTimeOffset newSince) => new()
    {
        Id = new(c.Id), PhoneNumber = DocumentedPhone.Written(c.Phone), FirstName = c.GivenName, LastName = c.FamilyName, Email = c.Email,
        Avatar = c.AvatarId is { } picture ? CrmUrls.Avatar(picture) : null,
        AlternativePhones = [.. c.ContactPoints.Where(p => p.Kind == ContactKind.Phone).Select(p => DocumentedPhone.Written(p.Value))],
        Address = c.Addresses is [var first, ..] ? AddressV2.Of(first) : null, Tags = [.. c.Tags.Select(t => t.Name)],
        Segment = CustomerKinds.Of(c, newSince), Source = CustomerV2Body.NameOf(c.Source), CustomFields = parts.Words,
        Preferences = new(c.Language, HoursV2.Of(c.ContactFrom, c.ContactUntil), c.PreferredAgentId is { } agent ? new(agent) : null),
        Status = c.Status, IsBlocked = c.Status == CustomerStatus.Blocked, BlockReason = c.BlockReason, Notes = parts.Note,
        Statistics = new(figures.Conversations, figures.Messages, figures.Tickets, figures.AverageResponseSeconds, figures.Satisfaction),
        FirstContact = c.FirstContactAt, LastInteraction = c.LastInteractionAt, LastMessageAt = figures.LastMessageAt,
        CreatedAt = c.CreatedAt, UpdatedAt = c.UpdatedAt,
    };
}

/// <param name="Country">ISO 3166-1 alpha-2.</param>
internal sealed record AddressV2(string? Street, string? City, string? State, string? Country, string? PostalCode,
    CoordinatesV2? Coordinates)
{
    public static AddressV2 Of(AddressDetails a) => new(Known(a.Line1), Known(a.City), a.State, Known(a.Country), a.PostalCode,
        a is { Latitude: { } north, Longitude: { } east } ? new(north, east) : null);

    // An address of which only the city is known has blanks for the rest.
    private static string? Known(string part) => part.Length == 0 ? null : part;
}

internal sealed record PreferencesV2(string Language, HoursV2? CommunicationHours, OpaqueId? PreferredAgent);

/// <param name="AverageResponseTime">In seconds; null without an answer.</param>
/// <param name="SatisfactionScore">The mean of all ratings, from 1 to 5.</param>
internal sealed record StatisticsV2(int TotalConversations, int TotalMessages, int TotalTickets, double? AverageResponseTime,
    double? SatisfactionScore);

internal sealed record CustomerV2Answer(CustomerV2 Customer);

/// <param name="RecentConversations">The newest five; none for those who do not work on chats.</param>
internal sealed record CustomerV2DetailAnswer(CustomerV2 Customer, ConversationCountsV2 Statistics,
    IReadOnlyList<ConversationV2> RecentConversations);

internal sealed record ConversationCountsV2(int TotalConversations, int OpenConversations, int ResolvedConversations)
{
    public static ConversationCountsV2 Of(ConversationFigures figures) => new(figures.Conversations, figures.Open, figures.Resolved);
}

internal sealed record CustomerV2ListAnswer(IReadOnlyList<CustomerV2> Customers, PaginationV2 Pagination);

internal sealed record ConversationV2ListAnswer(IReadOnlyList<ConversationV2> Conversations, PaginationV2 Pagination);

internal sealed record PaginationV2(int Page, int Limit, int Total, int Pages)
{
    /// <summary>Of one page of a list, whose neighbours are linked in the headers.</summary>
    public static PaginationV2 Of<T>(Api.ListAnswer<T> list) => new(list.Page, list.Limit, list.Total, list.Pages);
}

/// <summary>A chat of a customer.</summary>
/// <param name="LastMessage">Its beginning.</param>
/// <param name="WaitingSince">Since when the visitor waits for an answer.</param>
internal sealed record ConversationV2([property: JsonPropertyName("_id")] OpaqueId Id, ChatState State, OpaqueId? CustomerId,
    string Visitor, string? Agent, string LastMessage, DateTimeOffset LastMessageAt, DateTimeOffset? WaitingSince, int Unread,
    int MessageCount, int? Score, OpaqueId? TicketId, DateTimeOffset StartedAt)
{
    public static ConversationV2 Of(ChatRow row) => new(new(row.Id), row.State, Written(row.CustomerId), row.Visitor, row.Agent, row.Last,
        row.LastMessageAt, row.WaitingSince, row.Unread, row.MessageCount, row.Score, Written(row.TicketId), row.StartedAt);

    private static OpaqueId? Written(long? key) => key is { } id ? new(id) : null;
}

/// <summary>Shows customers as document 4 does, whatever was read of them: a fixed number of statements for all.</summary>
internal sealed class CustomerV2Sight(WholeCustomerService whole, ConversationService conversations, ShopClock clock)
{
    public async Task<IReadOnlyList<CustomerV2>> OfAsync(IReadOnlyList<CustomerDetails> customers, CancellationToken cancellationToken)
    {
        var ids = customers.Select(c => c.Id).ToList();
        var parts = await whole.PartsOfAsync(ids, cancellationToken);
        var figures = await conversations.FiguresOfManyAsync(ids, cancellationToken);
        var newSince = clock.NewSince();
        return [.. customers.Select(c => CustomerV2.Of(c, parts[c.Id], figures[c.Id], newSince))];
    }

    public async Task<CustomerV2> OfAsync(CustomerDetails customer, CancellationToken cancellationToken) =>
        (await OfAsync([customer], cancellationToken))[0];
}
