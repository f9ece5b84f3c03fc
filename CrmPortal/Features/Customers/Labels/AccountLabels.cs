using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.SelfService;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Customers;

/// <summary>Says how far a customer is with an account.</summary>
internal static class AccountLabels
{
    public static string State(CustomerAccountState state, IStringLocalizer<Texts> L) => state switch
    {
        CustomerAccountState.Invited => L["Invited"],
        CustomerAccountState.Unconfirmed => L["Not confirmed"],
        CustomerAccountState.Active => L["Has an account"],
        CustomerAccountState.Disabled => L["Account disabled"],
        _ => L["None"],
    };

    public static string Badge(CustomerAccountState state) => state switch
    {
        CustomerAccountState.Invited => "badge badge-info",
        CustomerAccountState.Active => "badge badge-success",
        CustomerAccountState.Disabled => "badge badge-danger",
        CustomerAccountState.Unconfirmed => "badge",
        _ => "muted",
    };

    /// <summary>Since when, by whom, and what keeps it from going on.</summary>
    public static IEnumerable<string> Lines(CustomerAccount account, CustomerDetails customer, DateTimeOffset now, Display display,
        IStringLocalizer<Texts> L)
    {
        switch (account.State)
        {
            case CustomerAccountState.None when customer.Email is null:
                yield return L["An e-mail is needed to invite them."];
                break;
            case CustomerAccountState.Invited when account.InvitedAt is { } invited:
                yield return account.InvitedBy is { } by ? L["{0} by {1}", display.Ago(invited), by] : display.Ago(invited);
                if (account.InvitationEndsAt <= now) yield return L["The link has expired."];
                break;
            case CustomerAccountState.Unconfirmed when account.CreatedAt is { } registered:
                yield return L["registered {0}", display.Ago(registered)];
                break;
            case CustomerAccountState.Active when account.CreatedAt is { } made:
                yield return L["since {0}", display.Date(made)];
                yield return account.LastSignInAt is { } signedIn ? L["last sign-in {0}", display.Ago(signedIn)] : L["never signed in"];
                break;
            case CustomerAccountState.Disabled when account.DisabledAt is { } disabled:
                yield return L["since {0}", display.Date(disabled)];
                break;
        }

        if (account.State != CustomerAccountState.None && customer.Status == CustomerStatus.Blocked)
            yield return L["Cannot sign in while blocked."];
    }
}
