using CrmPortal.Core.HelpCentre;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.HelpCentre;

/// <summary>What is said of articles on screens.</summary>
internal static class ArticleLabels
{
    public static string Standing(IStringLocalizer<Texts> L, ArticleStanding standing) => standing switch
    {
        ArticleStanding.Draft => L["Draft"],
        ArticleStanding.Internal => L["Internal"],
        ArticleStanding.Scheduled => L["Scheduled for later"],
        _ => L["Published"],
    };

    public static string Badge(ArticleStanding standing) => standing switch
    {
        ArticleStanding.Draft => "badge",
        ArticleStanding.Internal => "badge badge-info",
        ArticleStanding.Scheduled => "badge badge-warning",
        _ => "badge badge-success",
    };

    public static string State(IStringLocalizer<Texts> L, ArticleState state) => state switch
    {
        ArticleState.Draft => L["Draft: only you and other authors"],
        ArticleState.Internal => L["Internal: staff who edit articles"],
        _ => L["Published: everybody"],
    };
}
