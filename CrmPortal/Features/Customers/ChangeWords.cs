using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Audit;
using CrmPortal.Core.Customers;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Customers;

/// <summary>Says what a change did, in the words of the screen.</summary>
internal static class ChangeWords
{
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
        "customer.contact" => L["changed further contacts"],
        "customer.person" => L["changed the people around the customer"],
        "customer.preferences" => L["changed the preferences"],
        "customer.consent" => L["changed the consents"],
        "customer.verify" => L["verified an e-mail or phone"],
        "customer.avatar" => L["changed the picture"],
        "document.upload" or "document.edit" => L["changed the documents"],
        "document.check" => L["checked a document"],
        "document.delete" => L["removed a document"],
        "document.exported" => L["downloaded a document"],
        "customer.date" => L["changed the important days"],
        "customer.relationship" => L["changed the related customers"],
        "customer.bulk" => L["changed many customers"],
        "customer.merge" => L["merged customers"],
        "customer.revealed" or "customfieldvalue.revealed" => L["looked at masked values"],
        "order.create" => L["added an order"],
        "order.edit" => L["changed an order"],
        "order.refund" => L["refunded an order"],
        "customer.wishlist" => L["changed the wishlist"],
        "customer.review" => L["changed the reviews"],
        "cart.save" => L["changed a cart"],
        "import" => L["imported a file"],
        "undo" => L["took back a change"],
        _ => L["changed the customer"],
    };

    public static string Action(AuditAction action, IStringLocalizer<Texts> L) => action switch
    {
        AuditAction.Created => L["added"],
        AuditAction.Deleted => L["removed"],
        AuditAction.Revealed => L["shown"],
        _ => L["changed"],
    };

    public static string Value(string field, string value, Display display, IStringLocalizer<Texts> L) => field switch
    {
        nameof(Customer.Status) or nameof(Customer.StatusBeforeDelete) when Enum.TryParse<CustomerStatus>(value, out var status) => display.Status(status),
        nameof(Customer.Gender) when Enum.TryParse<Gender>(value, out var gender) => display.Gender(gender),
        nameof(Customer.Source) when Enum.TryParse<CustomerSource>(value, out var source) => display.Source(source),
        nameof(Customer.Subscription) when Enum.TryParse<SubscriptionState>(value, out var state) => Words.Subscription(state, L),
        nameof(CommunicationPreference.Channel) when Enum.TryParse<Channel>(value, out var channel) => Words.Channel(channel, L),
        nameof(Customer.DateOfBirth) or nameof(ImportantDate.Day) when DateOnly.TryParse(value, CultureInfo.InvariantCulture, out var day) => display.Date(day),
        nameof(Customer.FirstContactAt) when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var first) => display.ShopDay(first),
        _ when field.EndsWith("At", StringComparison.Ordinal) || field == nameof(Customer.VipSince) => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var instant) ? display.Time(instant) : value,
        _ => value switch { "true" => L["yes"], "false" => L["no"], _ => value },
    };
}
