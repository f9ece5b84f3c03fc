using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Features.Customers;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Duplicates;

/// <summary>What the screen calls the fields and rows of a customer where two are set side by side.</summary>
internal static class MergeLabels
{
    public static string Field(string field, IStringLocalizer<Texts> L) => field switch
    {
        nameof(Customer.ContactFrom) => L["Contact hours"],
        nameof(Customer.ContactUntil) => L["Contact hours, until"],
        nameof(Customer.InactiveReason) => L["Reason for inactivity"],
        _ => FieldLabels.Of(nameof(Customer), field, L),
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

    public static string Part(string entityType, IStringLocalizer<Texts> L) => L[AuditWords.PluralLabelOf(entityType)];
}
