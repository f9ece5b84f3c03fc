using CrmPortal.Core.Customers;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Platform.Waiting;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Home;

/// <summary>What one wants to see first: how the shop does for those who may see its figures, the own day for all others.</summary>
public sealed partial class HomePage
{
    /// <summary>Others may change much in a short time; so often at most everything is read again.</summary>
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(5);

    private string _name = "";
    private bool _mayView;
    private bool _maySeeFigures;
    private bool _isArranging;
    private readonly HashSet<string> _held = [];
    private int _isToRead;

    [Inject] public required ShopOverviewService Shops { get; init; }
    [Inject] public required OwnWorkService Works { get; init; }
    [Inject] public required HomeService Arrangement { get; init; }
    [Inject] public required WaitingService Waiting { get; init; }
    [Inject] public required CustomerFinder Finder { get; init; }
    [Inject] public required LiveUpdates Live { get; init; }
    [Inject] public required TimeProvider Clock { get; init; }
    [Inject] public required IAuthorizationService Authorization { get; init; }
    [Inject] public required AuthenticationStateProvider Authentication { get; init; }
    [Inject] public required IStringLocalizer<Texts> L { get; init; }

    /// <summary>What prerendering showed, so that the page does not change when it becomes interactive.</summary>
    [PersistentState] public HomeContent? Shown { get; set; }

    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        _name = user.Identity?.Name ?? "";
        _mayView = (await Authorization.AuthorizeAsync(user, Permissions.CustomersView)).Succeeded;
        _maySeeFigures = (await Authorization.AuthorizeAsync(user, Permissions.ReportsView)).Succeeded;
        if (!_mayView && !_maySeeFigures) return;
        foreach (var permission in HomeTileKind.All.Select(k => k.Permission).OfType<string>().Distinct())
            if ((await Authorization.AuthorizeAsync(user, permission)).Succeeded) _held.Add(permission);
        Shown ??= await ReadAsync(Ended);
        if (!RendererInfo.IsInteractive) return;
        Hold(Live.Listen(_ => ReadSoon()));
        if (Shown.Shop is { IsBehind: true }) ReadSoon();
    }

    private async Task<HomeContent> ReadAsync(CancellationToken cancellationToken)
    {
        var kept = await Arrangement.GetAsync(cancellationToken);
        var shown = HomeTileKind.Arranged(kept, _held).Where(t => !t.IsHidden).Select(t => t.Name).ToHashSet();
        var showsShop = shown.Overlaps([HomeTileKind.Figures, HomeTileKind.Top, HomeTileKind.Points]);
        var shop = showsShop ? await Shops.GetAsync(cancellationToken) : null;
        var own = shown.Contains(HomeTileKind.Work) ? await Works.GetAsync(cancellationToken) : null;
        var isEmpty = _mayView && shop is null or { Sales: null or { IsEmpty: true } }
            && (await Finder.CountAsync(new(), 1, cancellationToken)).Rows == 0;
        return new(shop, own, await Waiting.ListAsync(cancellationToken), isEmpty, kept);
    }

    private IReadOnlyList<HomeTile> Arranged(HomeContent content) => HomeTileKind.Arranged(content.Kept, _held);

    private IEnumerable<string> Tiles(bool areWide) => Shown is null ? [] : Arranged(Shown)
        .Where(t => !t.IsHidden && HomeTileKind.Of(t.Name).IsWide == areWide && HasContent(t.Name, Shown)).Select(t => t.Name);

    /// <summary>Where nothing is to be shown there is no empty column.</summary>
    private static bool HasContent(string tile, HomeContent shown) => tile switch
    {
        HomeTileKind.Figures or HomeTileKind.Points => shown.Shop is not null,
        HomeTileKind.Work => shown.Own is not null,
        HomeTileKind.Waiting => shown.Shop is not null || shown.Waiting.Count > 0,
        HomeTileKind.Top => shown.Shop?.Sales?.TopCustomers is not null,
        _ => true,
    };

    private async Task ArrangeAsync(IReadOnlyList<HomeTile>? tiles) => Shown = await LatestAsync(ReadAsync);

    private void ReadSoon()
    {
        if (Interlocked.Exchange(ref _isToRead, 1) == 1) return;
        React(async () =>
        {
            await Task.Delay(ReadEvery, Clock, Ended);
            Interlocked.Exchange(ref _isToRead, 0);
            Shown = await LatestAsync(ReadAsync);
            StateHasChanged();
            if (Shown.Shop is { IsBehind: true }) ReadSoon();
        });
    }
}

/// <summary>What home shows.</summary>
/// <param name="Shop">Null where no tile shows figures of the shop.</param>
/// <param name="Own">Null where the own day is not shown.</param>
/// <param name="IsEmptyShop">Whether there is nobody and nothing yet.</param>
/// <param name="Kept">How the user has arranged the tiles; null where they never did.</param>
public sealed record HomeContent(ShopOverview? Shop, OwnWork? Own, IReadOnlyList<WaitingCount> Waiting, bool IsEmptyShop,
    IReadOnlyList<HomeTile>? Kept);
