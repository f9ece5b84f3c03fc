using CrmPortal.Core.Customers;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Segments;

/// <summary>Segments and scores in words.</summary>
internal static class SegmentLabels
{
    public static string Of(RfmSegment segment, IStringLocalizer<Texts> L) => segment switch
    {
        RfmSegment.Champion => L["Champion"],
        RfmSegment.Loyal => L["Loyal"],
        RfmSegment.PotentialLoyalist => L["Potential loyalist"],
        RfmSegment.NewCustomer => L["New customer"],
        RfmSegment.Promising => L["Promising"],
        RfmSegment.NeedAttention => L["Need attention"],
        RfmSegment.AboutToSleep => L["About to sleep"],
        RfmSegment.AtRisk => L["At risk"],
        RfmSegment.CannotLose => L["Can't lose them"],
        RfmSegment.Hibernating => L["Hibernating"],
        _ => L["Lost"],
    };

    /// <summary>Who is in it, and what one does about them.</summary>
    public static string Explain(RfmSegment segment, IStringLocalizer<Texts> L) => segment switch
    {
        RfmSegment.Champion => L["Bought just now, often and for much. Thank them, show them new things first."],
        RfmSegment.Loyal => L["Come back again and again. Ask for reviews, offer what goes with it."],
        RfmSegment.PotentialLoyalist => L["Bought lately and more than once. Invite them to the loyalty programme."],
        RfmSegment.NewCustomer => L["Bought lately for the first time or two. Welcome them and help them on."],
        RfmSegment.Promising => L["Recent buyers who do not spend much yet. Give them a reason for the next order."],
        RfmSegment.NeedAttention => L["Were better than average and are slowing down. Remind them with something that fits."],
        RfmSegment.AboutToSleep => L["Below average and becoming quiet. Win them back before it is too late."],
        RfmSegment.AtRisk => L["Used to buy much or often, a long time ago. Write to them personally."],
        RfmSegment.CannotLose => L["Among the best, and gone quiet. Call them."],
        RfmSegment.Hibernating => L["Last order long ago, few and small ones. Try a special offer, or let them be."],
        _ => L["One small order, long ago."],
    };

    /// <summary>Good ones, those on their way, those about whom something is to be done, and those who are gone.</summary>
    public static string Badge(RfmSegment segment) => segment switch
    {
        RfmSegment.Champion or RfmSegment.Loyal => "badge badge-success",
        RfmSegment.PotentialLoyalist or RfmSegment.NewCustomer or RfmSegment.Promising => "badge badge-info",
        RfmSegment.Hibernating or RfmSegment.Lost => "badge",
        _ => "badge badge-warning",
    };

    public static string Sentence(RfmScores scores, IStringLocalizer<Texts> L) =>
        L["Recency {0}, frequency {1}, monetary value {2}, each of 5", scores.Recency, scores.Frequency, scores.Monetary];

    /// <summary>The period whose orders count.</summary>
    public static string Window(int? months, IStringLocalizer<Texts> L) =>
        months is { } some ? L["Orders of the last {0} months", some] : L["All orders"];
}
