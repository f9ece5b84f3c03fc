using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Customers;

/// <summary>What a bulk action did, in a sentence that names the deed.</summary>
internal static class BulkLabels
{
    public static string Done(BulkActionKind kind, BulkResult result, IStringLocalizer<Texts> texts) =>
        result.WasCancelled ? texts["Stopped: {0} of {1} customers changed.", Display.Number(result.Changed), Display.Number(result.Total)]
        : result.Changed == 0 ? texts["No customers needed changing."]
        : result.Changed == 1 ? texts[One(kind)]
        : texts[Many(kind), Display.Number(result.Changed)];

    private static string One(BulkActionKind kind) => kind switch
    {
        BulkActionKind.Activate => "1 customer activated.",
        BulkActionKind.Deactivate => "1 customer deactivated.",
        BulkActionKind.Block => "1 customer blocked.",
        BulkActionKind.Unblock => "1 customer unblocked.",
        BulkActionKind.AddTag => "Tag added to 1 customer.",
        BulkActionKind.RemoveTag => "Tag removed from 1 customer.",
        BulkActionKind.SetTags => "Tags of 1 customer set.",
        BulkActionKind.AddNote => "Note added to 1 customer.",
        BulkActionKind.MakeVip => "1 customer made VIP.",
        BulkActionKind.EndVip => "1 customer is no longer VIP.",
        BulkActionKind.SetSubscription => "Subscription of 1 customer set.",
        BulkActionKind.SetAgent => "Preferred agent of 1 customer set.",
        BulkActionKind.Follow => "You follow 1 more customer.",
        BulkActionKind.Unfollow => "You no longer follow 1 customer.",
        _ => "1 customer moved to the trash.",
    };

    private static string Many(BulkActionKind kind) => kind switch
    {
        BulkActionKind.Activate => "{0} customers activated.",
        BulkActionKind.Deactivate => "{0} customers deactivated.",
        BulkActionKind.Block => "{0} customers blocked.",
        BulkActionKind.Unblock => "{0} customers unblocked.",
        BulkActionKind.AddTag => "Tag added to {0} customers.",
        BulkActionKind.RemoveTag => "Tag removed from {0} customers.",
        BulkActionKind.SetTags => "Tags of {0} customers set.",
        BulkActionKind.AddNote => "Note added to {0} customers.",
        BulkActionKind.MakeVip => "{0} customers made VIP.",
        BulkActionKind.EndVip => "{0} customers are no longer VIP.",
        BulkActionKind.SetSubscription => "Subscription of {0} customers set.",
        BulkActionKind.SetAgent => "Preferred agent of {0} customers set.",
        BulkActionKind.Follow => "You follow {0} more customers.",
        BulkActionKind.Unfollow => "You no longer follow {0} customers.",
        _ => "{0} customers moved to the trash.",
    };
}
