using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Orders;
using CrmPortal.Features.Customers;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Duplicates;

/// <summary>What the screen calls the fields and rows of a customer where two are set side by side.</summary>
internal static class MergeLabels
{
    public static string Field(string field, IStringLocalizer<Texts> L) => field switch
    {
        nameof(Customer.PreferredName) => L["Preferred name"],
        nameof(Customer.Country) => L["Country"],
        nameof(Customer.TimeZone) => L["Time zone"],
        nameof(Customer.ContactFrom) => L["Contact hours"],
        nameof(Customer.ContactUntil) => L["Contact hours, until"],
        nameof(Customer.PreferredAgentId) => L["Preferred agent"],
        nameof(Customer.AvatarId) => L["Picture"],
        nameof(Customer.Subscription) => L["Subscription"],
        nameof(Customer.InactiveReason) => L["Reason for inactivity"],
        nameof(Customer.FirstContactAt) => L["First contact"],
        nameof(Customer.EmailVerifiedAt) => L["E-mail verified"],
        nameof(Customer.PhoneVerifiedAt) => L["Phone verified"],
        nameof(Customer.MergedIntoId) => L["Merged into"],
        _ => FieldLabels.Of(field, L),
    };

    /// <summary>A value of a customer's own field as it is stored, in the words and the culture of the user.</summary>
    public static string Value(string field, string value, Display display, IStringLocalizer<Texts> L) =>
        ChangeLabels.Value(nameof(Customer), field, value, display, L);

    public static string Subscription(SubscriptionState state, IStringLocalizer<Texts> L) => state switch
    {
        SubscriptionState.Trial => L["Trial"],
        SubscriptionState.Active => L["Subscribed"],
        SubscriptionState.Suspended => L["Suspended"],
        SubscriptionState.Cancelled => L["Cancelled"],
        _ => L["No subscription"],
    };

    public static string Part(string entityType, IStringLocalizer<Texts> L) => entityType switch
    {
        nameof(Order) => L["Orders"],
        nameof(Refund) => L["Refunds"],
        nameof(Cart) => L["Carts"],
        nameof(WishlistItem) => L["Wishlist"],
        nameof(ProductReview) => L["Reviews"],
        nameof(Note) => L["Notes"],
        nameof(Document) => L["Documents"],
        nameof(Avatar) => L["Pictures"],
        nameof(CustomerTag) => L["Tags"],
        nameof(ImportantDate) => L["Important dates"],
        nameof(Preference) => L["Preferences"],
        nameof(CustomFieldValue) => L["Custom fields"],
        nameof(Address) => L["Addresses"],
        nameof(ContactPerson) => L["Contact persons"],
        nameof(ContactPoint) => L["Additional contacts"],
        nameof(CommunicationPreference) => L["Message preferences"],
        nameof(Consent) => L["Consents"],
        nameof(Relationship) => L["Relationships"],
        nameof(CustomerFollower) => L["Followers"],
        _ => FieldLabels.Part(entityType, L),
    };
}
