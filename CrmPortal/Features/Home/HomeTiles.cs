using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;

namespace CrmPortal.Features.Home;

/// <summary>A tile that home can show.</summary>
/// <param name="Title">An English sentence, which is also the key of its translations.</param>
/// <param name="IsWide">Whether it stands in the wide column, not in the one beside it.</param>
/// <param name="Permission">What one needs in order to see it; null for everybody.</param>
/// <param name="Starts">Whether home begins with it for whoever may (true) or may not (false) see the figures of the shop.</param>
internal sealed record HomeTileKind(string Name, string Title, bool IsWide, string? Permission, Func<bool, bool> Starts)
{
    public const string Figures = "figures", Work = "work", Worklist = "worklist", Waiting = "waiting", Top = "top", Moves = "moves",
        Points = "points", Tickets = "tickets";

    /// <summary>All of them, in the order in which home begins.</summary>
    public static readonly IReadOnlyList<HomeTileKind> All =
    [
        new(Figures, "The shop", true, Permissions.ReportsView, _ => true),
        new(Worklist, "Whom to contact today", true, Permissions.CustomersView, seesShop => !seesShop),
        new(Tickets, "My tickets", true, Permissions.TicketsWork, seesShop => !seesShop),
        new(Work, "My day", true, Permissions.CustomersView, seesShop => !seesShop),
        new(Waiting, "Waiting for you", false, null, _ => true),
        new(Moves, "Segments that moved", false, Permissions.SegmentsView, seesShop => seesShop),
        new(Top, "Top customers of all time", false, Permissions.ReportsView, _ => true),
        new(Points, "Points owed", false, Permissions.ReportsView, _ => false),
    ];

    public static HomeTileKind Of(string name) => All.First(k => k.Name == name);

    /// <summary>What is kept of a user, without tiles that they may not see, and with those that have come since as they begin.</summary>
    public static IReadOnlyList<HomeTile> Arranged(IReadOnlyList<HomeTile>? kept, IReadOnlySet<string> held)
    {
        var allowed = All.Where(k => k.Permission is null || held.Contains(k.Permission)).ToList();
        var known = (kept ?? []).DistinctBy(t => t.Name).Where(t => allowed.Any(k => k.Name == t.Name)).ToList();
        var seesShop = held.Contains(Permissions.ReportsView);
        return [.. known, .. allowed.Where(k => known.All(t => t.Name != k.Name)).Select(k => new HomeTile(k.Name, !k.Starts(seesShop)))];
    }
}
