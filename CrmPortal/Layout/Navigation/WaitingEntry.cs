using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Waiting;

namespace CrmPortal.Layout;

/// <summary>How a kind of <see cref="IWaitingWork"/> is called on screens, and where it is done.</summary>
/// <param name="Label">An English sentence, which is also the key of its translations.</param>
/// <param name="Area">The entry of the navigation beside which it is counted.</param>
/// <param name="Address">Where all of them are; the record itself where only one waits and has a page.</param>
internal sealed record WaitingEntry(string Kind, string Label, string Icon, string Area, Func<WaitingCount, string> Address)
{
    /// <summary>Every kind; a test walks them, so that none waits unseen.</summary>
    public static IReadOnlyList<WaitingEntry> All { get; } =
    [
        new("adjustments", "Points adjustments to decide", "edit", CrmUrls.Loyalty, _ => CrmUrls.Adjustments),
        new("documents", "Documents to verify", "shield", CrmUrls.Customers, _ => CrmUrls.WaitingDocuments),
        new("duplicates", "Possible duplicates to compare", "copy", CrmUrls.Customers, _ => CrmUrls.Duplicates),
        new("tickets", "Tickets to answer", "ticket", CrmUrls.Tickets,
            c => c.Count == 1 ? CrmUrls.Ticket(c.FirstId) : CrmUrls.TicketsOf("open", c.Filter)),
        new("imports", "Imports to continue", "upload", CrmUrls.Imports, _ => CrmUrls.Imports),
    ];

    public static WaitingEntry Of(WaitingCount count) => All.Single(e => e.Kind == count.Kind);

    /// <summary>A number of things that wait, which is not counted to its end.</summary>
    public static string Shown(int count) => count >= WaitingService.MostCounted
        ? Display.Number(WaitingService.MostCounted - 1) + "+" : Display.Number(count);
}
