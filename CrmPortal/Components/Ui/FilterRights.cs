using System.Security.Claims;
using CrmPortal.Core.Customers;
using Microsoft.AspNetCore.Authorization;

namespace CrmPortal.Components.Ui;

/// <summary>Which fields of filters a user is offered.</summary>
internal static class FilterRights
{
    /// <summary>Of the permissions that fields of customers need, those that a user holds.</summary>
    public static async Task<string[]> HeldForFiltersAsync(this IAuthorizationService authorization, ClaimsPrincipal user)
    {
        var held = new List<string>();
        foreach (var permission in CustomerFilters.Catalogue.Fields.Select(f => f.Permission).OfType<string>().Distinct())
            if ((await authorization.AuthorizeAsync(user, permission)).Succeeded) held.Add(permission);
        return [.. held];
    }
}
