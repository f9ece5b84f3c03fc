using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Tickets;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.SelfService;

/// <summary>What customers are told in place of the words that staff use among themselves.</summary>
internal static class OwnLabels
{
    public static string State(TicketState state, IStringLocalizer<Texts> L) => state switch
    {
        TicketState.New => L["Received"],
        TicketState.Open or TicketState.OnHold => L["We are on it"],
        TicketState.Pending => L["We wait for your answer"],
        TicketState.Solved => L["Settled"],
        _ => L["Closed"],
    };

    public static string Badge(TicketState state) => state switch
    {
        TicketState.Pending => "badge badge-warning",
        TicketState.Solved => "badge badge-success",
        TicketState.Closed => "badge",
        _ => "badge badge-info",
    };

    public static string State(RedemptionDetails redemption, IStringLocalizer<Texts> L) => redemption.State switch
    {
        RedemptionState.Used => L["Used"],
        RedemptionState.Cancelled => L["Cancelled"],
        _ => redemption.IsOver ? L["Expired"] : L["Ready to use"],
    };

    public static string Badge(RedemptionDetails redemption) =>
        redemption is { State: RedemptionState.Issued, IsOver: false } ? "badge badge-success" : "badge";

    public static string Gender(Gender gender, IStringLocalizer<Texts> L) => gender switch
    {
        Core.Customers.Gender.Female => L["Female"],
        Core.Customers.Gender.Male => L["Male"],
        Core.Customers.Gender.Diverse => L["Diverse"],
        _ => L["I would rather not say"],
    };
}
