using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CrmPortal.Layout;

/// <summary>All pages of the navigation, gathered from what they say of themselves, and which of them a user may open.</summary>
public sealed class NavigationMap(IAuthorizationService authorization, AuthenticationStateProvider authentication)
{
    /// <summary>Every page of the navigation, in its order.</summary>
    public static IReadOnlyList<NavigationEntry> All { get; } = [.. typeof(NavigationMap).Assembly.GetTypes()
        .Where(t => t.IsDefined(typeof(RouteAttribute), false)).SelectMany(Entries).OrderBy(e => e.Order)];

    /// <summary>The page of the navigation that a path is, or is below.</summary>
    public static NavigationEntry? At(string path) => All.Where(e => e.Holds(path)).MaxBy(e => e.Address.Length);

    /// <summary>The pages that the user may open, in their order.</summary>
    public async Task<IReadOnlyList<NavigationEntry>> AllowedAsync()
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        var granted = new Dictionary<string, bool>();
        var allowed = new List<NavigationEntry>();
        foreach (var entry in All)
        {
            if (entry.Permission is { } permission)
            {
                if (!granted.TryGetValue(permission, out var isGranted))
                    granted[permission] = isGranted = (await authorization.AuthorizeAsync(user, permission)).Succeeded;
                if (!isGranted) continue;
            }

            allowed.Add(entry);
        }

        allowed.RemoveAll(index => index.IsIndex && !allowed.Exists(e => e != index && e.Area == index.Area));
        return allowed;
    }

    /// <summary>The links of a part of the menu: each area once, leading to the first of its pages that the user may open.</summary>
    public static IReadOnlyList<NavigationLink> Menu(IReadOnlyList<NavigationEntry> allowed, NavigationPlace place) =>
        [.. All.Where(e => e.Place == place)
            .Select(area => (Area: area, Opens: allowed.FirstOrDefault(e => e.Area == area.Address && !e.IsAction && !e.IsIndex)))
            .Where(link => link.Opens is not null).Select(link => new NavigationLink(link.Area, link.Opens!.Address))];

    private static IEnumerable<NavigationEntry> Entries(Type page)
    {
        var demanded = page.GetCustomAttributes<AuthorizeAttribute>().FirstOrDefault()?.Policy;
        return page.GetCustomAttributes<NavigationAttribute>().Select(n => new NavigationEntry(
            n.Address, n.Label, n.Place, n.Icon, n.Order, n.In, n.Key, n.Words, n.IsAction, n.Permission ?? demanded)
        {
            IsIndex = n.IsIndex, Group = n.Group, Purpose = n.Purpose,
        });
    }
}

/// <summary>An area in the menu, and the page that its link opens.</summary>
public sealed record NavigationLink(NavigationEntry Area, string Address);
