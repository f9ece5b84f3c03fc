using System.ComponentModel;
using System.Text.Json.Serialization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Timeline;

namespace CrmPortal.Features.Customers;

/// <summary>What was done, in a sentence.</summary>
internal sealed record DoneAnswer(string Message);

/// <summary>What a program may change on an address. A field that is absent stays as it is; null clears it.</summary>
internal sealed record AddressChange
{
    public Optional<AddressType> Type { get; init; }
    public Optional<bool> IsDefault { get; init; }
    public Optional<string?> GivenName { get; init; }
    public Optional<string?> FamilyName { get; init; }

    [Description("Where the recipient can be called about what comes.")]
    public Optional<string?> Phone { get; init; }

    public Optional<string?> Line1 { get; init; }
    public Optional<string?> Line2 { get; init; }
    public Optional<string?> City { get; init; }
    public Optional<string?> State { get; init; }
    public Optional<string?> PostalCode { get; init; }

    [Description("ISO 3166-1 alpha-2.")]
    public Optional<string?> Country { get; init; }

    public Optional<double?> Latitude { get; init; }
    public Optional<double?> Longitude { get; init; }

    /// <summary>The same for an address that may not be there yet.</summary>
    public AddressInput From(AddressDetails? present) => On(present ?? new(0, AddressType.Billing, false, "", null, "", null, null, ""));

    /// <summary>
    /// The address as it is, with the changes. A line of the street that is masked and not sent is sent as nothing, which keeps it.
    /// </summary>
    public AddressInput On(AddressDetails present) => new()
    {
        Type = Type.Or(present.Type), IsDefault = IsDefault.Or(present.IsDefault), GivenName = GivenName.Or(present.GivenName),
            FamilyName = FamilyName.Or(present.FamilyName), Phone = Phone.Or(present.Phone),
        Line1 = Line1.IsPresent ? Line1.Value : Open(present.Line1), Line2 = Line2.IsPresent ? Line2.Value : Open(present.Line2),
            City = City.Or(present.City), State = State.Or(present.State),
        PostalCode = PostalCode.Or(present.PostalCode), Country = Country.Or(present.Country), Latitude = Latitude.Or(present.Latitude),
            Longitude = Longitude.Or(present.Longitude),
    };

    private static string? Open(string? line) => line == Masking.Text("") ? null : line;
}

/// <summary>What a program may change on a person around a customer. A field that is absent stays as it is; null clears it.</summary>
internal sealed record ContactChange
{
    public Optional<string?> GivenName { get; init; }
    public Optional<string?> FamilyName { get; init; }
    public Optional<string?> Role { get; init; }
    public Optional<string?> Email { get; init; }
    public Optional<string?> Phone { get; init; }
    public Optional<bool> IsMain { get; init; }

    /// <summary>The person as they are, with the changes. What is masked there is sent as nothing, which keeps it.</summary>
    public ContactPersonInput On(ContactPersonDetails present) => new()
    {
        GivenName = GivenName.Or(present.GivenName), FamilyName = FamilyName.Or(present.FamilyName), Role = Role.Or(present.Role),
            IsMain = IsMain.Or(present.IsMain),
        Email = Email.IsPresent ? Email.Value : Open(present.Email), Phone = Phone.IsPresent ? Phone.Value : Open(present.Phone),
    };

    private static string? Open(string? value) => value?.Contains(Masking.Text("")!, StringComparison.Ordinal) == true ? null : value;
}

internal sealed record CommunicationPreferenceInput
{
    public required Channel Channel { get; init; }
    public required MessageKind Kind { get; init; }
    public required bool IsOptedIn { get; init; }
}

internal sealed record OptInChange
{
    public required bool IsOptedIn { get; init; }
}

/// <summary>Preferences to set, each named by its type and key.</summary>
internal sealed record PreferencesInput
{
    public IReadOnlyList<PreferenceInput>? Preferences { get; init; }
}

internal sealed record NoteInput
{
    [Description("Markdown; HTML is shown as text.")]
    public Optional<string?> Text { get; init; }

    [Description("Whether only its author can see it.")]
    public Optional<bool> IsPrivate { get; init; }

    public Optional<bool> IsPinned { get; init; }
}

internal sealed record TagsInput
{
    public IReadOnlyList<string>? Tags { get; init; }

    [Description("set, add or remove.")]
    public TagAction Action { get; init; } = TagAction.Set;
}

internal sealed record BlockInput
{
    public required bool IsBlocked { get; init; }
    public string? BlockReason { get; init; }
}

internal sealed record ReasonInput
{
    public string? Reason { get; init; }
}

internal sealed record VipInput
{
    public bool IsVip { get; init; } = true;
    public string? Reason { get; init; }
}

internal sealed record SubscriptionInput
{
    public required SubscriptionState State { get; init; }
}

/// <summary>A page of a timeline.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">What to send as before for older entries, or null at the end.</param>
internal sealed record TimelineAnswer(IReadOnlyList<TimelineLine> Items, string? Next);

/// <summary>Something that happened.</summary>
/// <param name="Title">The number of an order or refund, the name of a document, the purpose of a consent, the kind of a change.</param>
/// <param name="Text">The note, the first product, or nothing.</param>
internal sealed record TimelineLine(TimelineKind Kind, long Id, DateTimeOffset At, string? Title,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text, string? Actor)
{
    public static TimelineLine Of(TimelineEntry e) => e.Kind switch
    {
        TimelineKind.Order => new(e.Kind, e.Id, e.At, e.Order?.Name, e.Order?.FirstProduct, null),
        TimelineKind.Refund => new(e.Kind, e.Id, e.At, e.Refund?.Name, e.Refund?.Reason, null),
        TimelineKind.Note => new(e.Kind, e.Id, e.At, null, e.Note?.Text, e.Note?.AuthorName),
        TimelineKind.Consent => new(e.Kind, e.Id, e.At, $"{e.Consent?.Purpose} {e.Consent?.Channel} {e.Consent?.State}".ToLowerInvariant(),
            null, e.Consent?.ActorName),
        TimelineKind.Points => new(e.Kind, e.Id, e.At, e.Points?.Kind.ToString().ToLowerInvariant(), e.Points?.Reason, e.Points?.ActorName),
        TimelineKind.Ticket => new(e.Kind, e.Id, e.At, e.Ticket?.Subject, e.Ticket?.Text, e.Ticket?.ActorName),
        TimelineKind.Chat => new(e.Kind, e.Id, e.At, null, e.Chat?.Text, e.Chat?.ActorName),
        TimelineKind.Network => new(e.Kind, e.Id, e.At, e.Network?.AccessName, null, null),
        TimelineKind.Document => new(e.Kind, e.Id, e.At, e.Document?.Name, null, e.Document?.ActorName),
        _ => new(e.Kind, e.Id, e.At, e.Change?.Kind, e.Change is { } change
            ? string.Join(' ', change.Items.SelectMany(i => i.Fields.Select(f => f.Name)).Distinct()) : null, e.Change?.ActorName),
    };
}
