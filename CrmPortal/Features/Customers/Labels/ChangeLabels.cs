using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.History;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.SelfService;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.Tickets;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Customers;

/// <summary>Says what a change did, in the words of the screen.</summary>
internal static class ChangeLabels
{
    /// <summary>What somebody did in one go. Demo data and imports make customers as well as change them, which their kind does not
    /// say.</summary>
    public static string Kind(HistoryEntry entry, IStringLocalizer<Texts> L) => entry switch
    {
        { Kind: "demo.load" or "demo.seed" or "import" } when entry.Items
            .Any(i => i is { EntityType: nameof(Customer), Action: AuditAction.Created }) => L["created the customer"],
        _ => Kind(entry.Kind, L),
    };

    public static string Kind(string kind, IStringLocalizer<Texts> L) => kind switch
    {
        "customer.create" => L["created the customer"],
        "customer.delete" => L["moved the customer to the trash"],
        "customer.restore" => L["restored the customer"],
        "customer.block" => L["blocked the customer"],
        "customer.status" => L["changed the status"],
        "customer.vip" => L["changed the VIP flag"],
        "customer.tags" or "tag.change" or "tag.merge" or "tag.delete" => L["changed the tags"],
        "customer.note" => L["changed the notes"],
        "customer.address" => L["changed the addresses"],
        "customer.contact" => L["changed additional contacts"],
        "customer.person" => L["changed the contact persons"],
        "customer.preferences" => L["changed the preferences"],
        "customer.consent" => L["changed the consents"],
        "customer.verify" => L["verified an e-mail or phone"],
        "customer.register" => L["registered"],
        "customer.account.invite" => L["invited the customer to an account"],
        "customer.account.disable" => L["disabled the account"],
        "customer.account.enable" => L["enabled the account"],
        "customer.account.email" => L["changed the e-mail to sign in with"],
        "customer.avatar" => L["changed the picture"],
        "document.upload" or "document.edit" => L["changed the documents"],
        "document.check" => L["checked a document"],
        "document.delete" => L["removed a document"],
        "document.exported" => L["downloaded a document"],
        "customer.date" => L["changed the important days"],
        "customer.relationship" => L["changed the related customers"],
        "customer.bulk" => L["changed many customers"],
        "customer.merge" => L["merged customers"],
        "customer.revealed" or "customfieldvalue.revealed" => L["viewed masked values"],
        "order.create" => L["added an order"],
        "order.edit" => L["changed an order"],
        "order.bulk" => L["changed many orders"],
        "order.refund" => L["refunded an order"],
        "order.refund.undo" => L["undid a refund"],
        "customer.wishlist" => L["changed the wishlist"],
        "customer.review" => L["changed the reviews"],
        "customer.connection" => L["changed the connections"],
        "cart.save" => L["changed a cart"],
        "import" => L["imported a file"],
        "undo" => L["undid a change"],
        "customer.purge" => L["permanently deleted the customer"],
        "loyalty.earn" or "loyalty.redeem" or "loyalty.adjust" or "loyalty.reverse" => L["booked points"],
        "loyalty.tier" => L["changed the tier"],
        "loyalty.reward" => L["issued a reward"],
        _ when kind.StartsWith("ticket.", StringComparison.Ordinal) => L["changed a ticket"],
        _ when kind.StartsWith("chat.", StringComparison.Ordinal) => L["changed a chat"],
        _ => L["changed the customer"],
    };

    public static string Action(AuditAction action, IStringLocalizer<Texts> L) => action switch
    {
        AuditAction.Created => L["added"],
        AuditAction.Deleted => L["removed"],
        AuditAction.Revealed => L["shown"],
        _ => L["changed"],
    };

    /// <summary>A value as it is stored, in the words and the culture of the user.</summary>
    public static string Value(string entityType, string field, string value, Display display, IStringLocalizer<Texts> L) =>
        (entityType, field) switch
    {
        (nameof(Customer), nameof(Customer.Status) or nameof(Customer.StatusBeforeDelete)) when Enum.TryParse<CustomerStatus>(value,
            out var status) => display.Status(status),
        (nameof(Customer), nameof(Customer.Gender)) when Enum.TryParse<Gender>(value, out var gender) => display.Gender(gender),
        (nameof(Customer), nameof(Customer.Source)) when Enum.TryParse<CustomerSource>(value, out var source) => display.Source(source),
        (nameof(Customer), nameof(Customer.Subscription)) when Enum.TryParse<SubscriptionState>(value, out var state) =>
            Words.Subscription(state, L),
        (nameof(Customer), Customer.AccountField) when Enum.TryParse<CustomerAccountState>(value, out var account) =>
            AccountLabels.State(account, L),
        (nameof(Customer), nameof(Customer.AvatarId)) => L["Picture {0}", value],
        (nameof(Customer), nameof(Customer.Language)) => Display.Language(value),
        (_, nameof(Address.Country)) => Display.Country(value),
        (nameof(Address), nameof(Address.Type)) when Enum.TryParse<AddressType>(value, out var type) => display.AddressType(type),
        (nameof(ContactPoint), nameof(ContactPoint.Kind)) when Enum.TryParse<ContactKind>(value, out var kind) => kind == ContactKind.Email
            ? L["E-mail"] : L["Phone"],
        (nameof(CommunicationPreference), nameof(CommunicationPreference.Kind)) when Enum.TryParse<MessageKind>(value, out var kind) =>
            Words.MessageKind(kind, L),
        (nameof(Relationship), nameof(Relationship.Kind)) when Enum.TryParse<RelationshipKind>(value, out var kind) =>
            Words.Relationship(kind, L),
        (nameof(Order), nameof(Order.Status)) when Enum.TryParse<OrderStatus>(value, out var status) => display.Status(status),
        (nameof(Consent), nameof(Consent.State)) when Enum.TryParse<ConsentState>(value, out var state) => ConsentState(state, L),
        (nameof(Consent), nameof(Consent.Purpose)) when Enum.TryParse<ConsentPurpose>(value, out var purpose) => ConsentPurpose(purpose, L),
        (nameof(Consent), nameof(Consent.Source)) when Enum.TryParse<ConsentSource>(value, out var source) => ConsentSource(source, L),
        (nameof(CommunicationPreference) or nameof(Consent), "Channel") when Enum.TryParse<Channel>(value, out var channel) =>
            Words.Channel(channel, L),
        (nameof(Ticket), nameof(Ticket.FieldsJson)) => TicketLabels.Fields(value),
        (nameof(CustomFieldValue), nameof(CustomFieldValue.Number)) when long.TryParse(value, NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out var scaled) =>
            (scaled / (decimal)FieldValue.NumberScale).ToString("#,0.####", CultureInfo.CurrentCulture),
        (_, nameof(Customer.DateOfBirth) or nameof(ImportantDate.Day)) when DateOnly.TryParse(value, CultureInfo.InvariantCulture,
            out var day) => display.Date(day),
        (_, nameof(Customer.FirstContactAt)) when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var first) =>
            display.ShopDay(first),
        _ when IsInstant(field) && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var instant) => display.Time(instant),
        _ => value.ToUpperInvariant() switch { "TRUE" => L["yes"], "FALSE" => L["no"], _ => value },
    };

    private static bool IsInstant(string field) => field.EndsWith("At", StringComparison.Ordinal)
        || field is nameof(Customer.VipSince) or "Until";

    private static string ConsentState(ConsentState state, IStringLocalizer<Texts> L) => state switch
    {
        Core.Consents.ConsentState.Granted => L["Consent given"],
        Core.Consents.ConsentState.Withdrawn => L["Consent withdrawn"],
        _ => L["Consent requested"],
    };

    private static string ConsentPurpose(ConsentPurpose purpose, IStringLocalizer<Texts> L) => purpose switch
    {
        Core.Consents.ConsentPurpose.Marketing => L["Advertising"],
        Core.Consents.ConsentPurpose.Profiling => L["Profiling"],
        Core.Consents.ConsentPurpose.DataSharing => L["Sharing of data"],
        _ => L["Terms"],
    };

    private static string ConsentSource(ConsentSource source, IStringLocalizer<Texts> L) => source switch
    {
        Core.Consents.ConsentSource.Staff => L["Recorded by staff"],
        Core.Consents.ConsentSource.PreferencePage => L["On the customer's own page"],
        Core.Consents.ConsentSource.ConfirmedLink => L["By a confirmed link"],
        Core.Consents.ConsentSource.Import => L["By an import"],
        Core.Consents.ConsentSource.Merge => L["By a merge"],
        _ => L["via the API"],
    };
}
