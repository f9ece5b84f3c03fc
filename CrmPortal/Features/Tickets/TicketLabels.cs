using System.Globalization;
using System.Text.Json;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Tickets;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Tickets;

/// <summary>What the choices of tickets are called on screens.</summary>
internal static class TicketLabels
{
    public static string State(TicketState state, IStringLocalizer<Texts> texts) => state switch
    {
        TicketState.New => texts["State: new"],
        TicketState.Open => texts["State: open"],
        TicketState.Pending => texts["Pending"],
        TicketState.OnHold => texts["On hold"],
        TicketState.Solved => texts["State: solved"],
        _ => texts["Closed"],
    };

    public static string Badge(TicketState state) => state switch
    {
        TicketState.New => "badge badge-info",
        TicketState.Open => "badge badge-warning",
        TicketState.Solved => "badge badge-success",
        _ => "badge",
    };

    public static string Priority(TicketPriority priority, IStringLocalizer<Texts> texts) => priority switch
    {
        TicketPriority.Low => texts["Low priority"],
        TicketPriority.High => texts["High priority"],
        TicketPriority.Urgent => texts["Urgent"],
        _ => texts["Normal priority"],
    };

    public static string Channel(TicketChannel channel, IStringLocalizer<Texts> texts) => channel switch
    {
        TicketChannel.Web => texts["Web"],
        TicketChannel.Email => texts["E-mail"],
        TicketChannel.Chat => texts["Chat"],
        TicketChannel.Phone => texts["Phone"],
        _ => texts["API"],
    };

    public static string ChannelIcon(TicketChannel channel) => channel switch
    {
        TicketChannel.Email => "email",
        TicketChannel.Phone => "phone",
        TicketChannel.Chat => "chat",
        _ => "note",
    };

    public static string View(TicketView view, IStringLocalizer<Texts> texts) => view switch
    {
        TicketView.Open => texts["To do"],
        TicketView.Mine => texts["Mine"],
        TicketView.Unassigned => texts["Unassigned"],
        TicketView.Waiting => texts["Waiting"],
        TicketView.Followed => texts["Followed"],
        TicketView.Solved => texts["Solved"],
        _ => texts["All"],
    };

    public static string Sort(TicketSort sort, IStringLocalizer<Texts> texts) => sort switch
    {
        TicketSort.Urgency => texts["Most urgent first"],
        TicketSort.Created => texts["Created"],
        _ => texts["Last message"],
    };

    /// <summary>Why a ticket stands further up or down than its due time says.</summary>
    public static string Reason(UrgencyShift shift, IStringLocalizer<Texts> texts)
    {
        var why = shift.Reason switch
        {
            UrgencyReason.Priority when shift.Hours < 0 => texts["Low priority"],
            UrgencyReason.Priority when shift.Hours > 12 => texts["Urgent"],
            UrgencyReason.Priority => texts["High priority"],
            UrgencyReason.Vip => texts["VIP"],
            UrgencyReason.Spent => texts["Spends much"],
            UrgencyReason.Risk => texts["May not come back"],
            _ => texts["Priority support"],
        };
        return shift.Hours > 0 ? texts["{0}: {1} h earlier", why.Value, shift.Hours] : texts["{0}: {1} h later", why.Value, -shift.Hours];
    }

    /// <summary>How it stands with a target, as filters write it.</summary>
    public static string Target(string value, IStringLocalizer<Texts> texts) => value switch
    {
        "kept" => texts["Within the target"],
        "missed" => texts["Too late"],
        "met_late" => texts["Met, but too late"],
        "open" => texts["Still open"],
        "overdue" => texts["State: overdue"],
        "within_an_hour" => texts["Within an hour"],
        "later" => texts["Later"],
        _ => texts["No target"],
    };

    public static string Due(DueReason reason, IStringLocalizer<Texts> texts) => reason switch
    {
        DueReason.Overdue => texts["State: overdue"],
        DueReason.ReturnsToday => texts["Comes back today"],
        DueReason.UnassignedOverdue => texts["Unassigned, overdue"],
        _ => texts["Unassigned, due soon"],
    };

    public static string Tie(TicketTieKind tie, IStringLocalizer<Texts> texts) => tie switch
    {
        TicketTieKind.MergedHere => texts["Merged into this one"],
        TicketTieKind.MergedInto => texts["Goes on in"],
        TicketTieKind.SplitFrom => texts["Goes on from"],
        TicketTieKind.SplitOff => texts["Split off"],
        _ => texts["Linked"],
    };

    /// <summary>A time in the two largest units that matter, such as "3 h 20 min".</summary>
    public static string Duration(TimeSpan time, IStringLocalizer<Texts> texts) => time.TotalDays >= 1
        ? texts["{0} d {1} h", (int)time.TotalDays, time.Hours] : time.TotalHours >= 1
        ? texts["{0} h {1} min", (int)time.TotalHours, time.Minutes] : texts["{0} min", Math.Max(0, (int)time.TotalMinutes)];

    public static string Size(long bytes) => bytes < 1024 * 1024
        ? $"{Display.Number(Math.Max(1, bytes / 1024))} kB" : $"{(bytes / (1024m * 1024)).ToString("#,##0.#", CultureInfo.CurrentCulture)} MB";

    /// <summary>The shop's own fields of a ticket as its row keeps them: keys and texts.</summary>
    public static string Fields(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json) is { } fields
        ? string.Join(", ", fields.Select(f => $"{f.Key}: {f.Value}")) : "";
}
