using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Customers;

/// <summary>What the screen calls the choices around a customer.</summary>
internal static class Words
{
    public static string Relationship(RelationshipKind kind, IStringLocalizer<Texts> L) => kind switch
    {
        RelationshipKind.Spouse => L["Spouse"],
        RelationshipKind.Partner => L["Partner"],
        RelationshipKind.Parent => L["Parent"],
        RelationshipKind.Child => L["Child"],
        RelationshipKind.Sibling => L["Sibling"],
        RelationshipKind.Friend => L["Friend"],
        RelationshipKind.Neighbour => L["Neighbour"],
        RelationshipKind.Colleague => L["Colleague"],
        RelationshipKind.Referrer => L["Referred this customer"],
        RelationshipKind.Referred => L["Was referred by this customer"],
        _ => L["Other"],
    };

    public static string Channel(Channel channel, IStringLocalizer<Texts> L) => channel switch
    {
        Core.Customers.Channel.Email => L["E-mail"],
        Core.Customers.Channel.Sms => "SMS",
        Core.Customers.Channel.Phone => L["Phone"],
        Core.Customers.Channel.Whatsapp => "WhatsApp",
        Core.Customers.Channel.Post => L["Post"],
        _ => L["Push message"],
    };

    public static string MessageKind(MessageKind kind, IStringLocalizer<Texts> L) => kind switch
    {
        Core.Customers.MessageKind.Service => L["About orders and service"],
        Core.Customers.MessageKind.Marketing => L["Advertising"],
        Core.Customers.MessageKind.Newsletter => L["Newsletter"],
        Core.Customers.MessageKind.Reminders => L["Reminders"],
        _ => L["Surveys"],
    };

    /// <summary>What a customer has in a field that the shop added, as people of this culture write it.</summary>
    public static string OwnValue(CustomFieldType type, string value, Display display, IStringLocalizer<Texts> L) => type switch
    {
        CustomFieldType.Date when DateOnly.TryParse(value, CultureInfo.InvariantCulture, out var day) => display.Date(day),
        CustomFieldType.YesNo => value == "yes" ? L["yes"] : L["no"],
        CustomFieldType.Number when decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) =>
            number.ToString("#,0.####", CultureInfo.CurrentCulture),
        _ => value,
    };

    public static string Subscription(SubscriptionState state, IStringLocalizer<Texts> L) => state switch
    {
        SubscriptionState.Trial => L["Trial"],
        SubscriptionState.Active => L["Running"],
        SubscriptionState.Suspended => L["Suspended"],
        SubscriptionState.Cancelled => L["Subscription: ended"],
        _ => L["No subscription"],
    };
}
