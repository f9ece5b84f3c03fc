using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Loyalty;

/// <summary>What rules of a programme may hold; names are trimmed on the way.</summary>
internal static class ProgrammeCheck
{
    private const int MostFactor = 10;
    private const int MostTogether = 100;
    private const int MostBonus = 1_000_000;
    private const int MostRate = 1_000;
    private const int MostRows = 50;
    private const int MostTiers = 10;
    private const int NameLength = 50;

    /// <summary>The codes that the published contracts name: they stay, whatever people call them.</summary>
    private static readonly string[] Published = ["bronze", "silver", "gold", "platinum"];

    /// <summary>
    /// The rules in the form in which they are kept, and what is wrong with them by field: rows by their number, such as
    /// <c>Tiers[2].Threshold</c>.
    /// </summary>
    public static ProgrammeRules Checked(ProgrammeRules rules, List<FieldError> errors)
    {
        Between(nameof(rules.PointsPerUnit), rules.PointsPerUnit, 0, MostRate, errors);
        Factor(nameof(rules.BirthdayMonth), rules.BirthdayMonth, errors);
        foreach (var (day, factor) in rules.Weekdays) Factor($"Weekdays[{day}]", factor, errors);
        foreach (var (name, points) in new[] { (nameof(rules.SignUpBonus), rules.SignUpBonus),
            (nameof(rules.ReviewBonus), rules.ReviewBonus), (nameof(rules.ReferrerBonus), rules.ReferrerBonus),
            (nameof(rules.ReferredBonus), rules.ReferredBonus) })
            Between(name, points, 0, MostBonus, errors);
        if (rules.MostPointsPerOrder is { } most) Between(nameof(rules.MostPointsPerOrder), most, 1, LedgerService.MostPoints, errors);
        if (rules.MostPointsPerMonth is { } monthly)
            Between(nameof(rules.MostPointsPerMonth), monthly, 1, LedgerService.MostPoints, errors);
        Between(nameof(rules.ExpiryDays), rules.ExpiryDays, 1, LedgerService.MostExpiryDays, errors);
        Between(nameof(rules.PendingDays), rules.PendingDays, 0, 365, errors);
        Between(nameof(rules.ReminderDays), rules.ReminderDays, 0, 365, errors);
        Between(nameof(rules.DowngradeWarningDays), rules.DowngradeWarningDays, 0, 365, errors);
        Between(nameof(rules.PointValue), rules.PointValue, 0, MostRate, errors);
        return rules with { Categories = Categories(rules.Categories, errors), Campaigns = Campaigns(rules.Campaigns, errors),
            Tiers = Tiers(rules.Tiers, errors) };
    }

    private static Dictionary<string, decimal> Categories(IReadOnlyDictionary<string, decimal> categories, List<FieldError> errors)
    {
        if (categories.Count > MostRows) errors.Add(new("Categories", "There can be at most {0} of them.", MostRows));
        var kept = new Dictionary<string, decimal>(StringComparer.OrdinalIgnoreCase);
        foreach (var (row, (name, factor)) in categories.Index())
        {
            var category = TextRules.Required($"Categories[{row}]", name, Orders.Product.GroupLength, "Name the category.", errors);
            Factor($"Categories[{row}]", factor, errors);
            if (!kept.TryAdd(category, factor)) errors.Add(new($"Categories[{row}]", "This category is listed twice."));
        }

        return kept;
    }

    private static List<Campaign> Campaigns(IReadOnlyList<Campaign> campaigns, List<FieldError> errors)
    {
        if (campaigns.Count > MostRows) errors.Add(new("Campaigns", "There can be at most {0} of them.", MostRows));
        var kept = new List<Campaign>();
        foreach (var (row, campaign) in campaigns.Index())
        {
            kept.Add(campaign with { Name = TextRules.Required($"Campaigns[{row}].Name", campaign.Name, NameLength,
                "Name the campaign.", errors) });
            if (campaign.From > campaign.Until) errors.Add(new($"Campaigns[{row}].Until", "The last day cannot be before the first."));
            Factor($"Campaigns[{row}].Multiplier", campaign.Multiplier, errors);
            Between($"Campaigns[{row}].Bonus", campaign.Bonus, 0, MostBonus, errors);
            // The worst day is one on which a campaign begins.
            var together = campaigns.Where(c => c.From <= campaign.From && c.Until >= campaign.From)
                .Aggregate(1m, (product, c) => Math.Min(product * Math.Clamp(c.Multiplier, 0, MostFactor), MostTogether + 1));
            if (together > MostTogether)
                errors.Add(new($"Campaigns[{row}].Multiplier", "Campaigns on the same day can multiply points by at most {0} in total.",
                MostTogether));
        }

        return kept;
    }

    private static List<TierRule> Tiers(IReadOnlyList<TierRule> tiers, List<FieldError> errors)
    {
        if (tiers.Count > MostTiers) errors.Add(new("Tiers", "There can be at most {0} of them.", MostTiers));
        var kept = new List<TierRule>();
        foreach (var (row, tier) in tiers.Index())
        {
            var code = tier.Code.Trim();
            kept.Add(tier with { Code = code, Name = TextRules.Required($"Tiers[{row}].Name", tier.Name, NameLength, "Name the tier.",
                errors) });
            if (code.Length is 0 or > TierChange.CodeLength || !char.IsAsciiLetterLower(code[0])
                || code.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_')))
                errors.Add(new($"Tiers[{row}].Code", "A code must start with a letter and have 1 to {0} lowercase letters, digits, - or _.",
                    TierChange.CodeLength));
            else if (tiers.Take(row).Any(t => t.Code.Trim() == code)) errors.Add(new($"Tiers[{row}].Code", "This code is listed twice."));
            if (row == 0 ? tier.Threshold != 0 : tier.Threshold <= tiers[row - 1].Threshold || tier.Threshold > 1_000_000_000)
                errors.Add(new($"Tiers[{row}].Threshold", row == 0
                    ? "The lowest tier must start at 0." : "Each tier must start above the one below it."));
            Factor($"Tiers[{row}].Multiplier", tier.Multiplier, errors);
            Between($"Tiers[{row}].DiscountPercent", tier.DiscountPercent, 0, 100, errors);
        }

        if (!kept.Select(t => t.Code).Where(Published.Contains).SequenceEqual(Published))
            errors.Add(new("Tiers", "Bronze, silver, gold and platinum must stay in this order; only their names can change."));
        return kept;
    }

    private static void Factor(string field, decimal value, List<FieldError> errors) => Between(field, value, 0, MostFactor, errors);

    private static void Between(string field, decimal value, long least, long most, List<FieldError> errors)
    {
        if (value < least || value > most || decimal.Round(value, 4) != value)
            errors.Add(new(field, "This must be between {0} and {1}, with at most four decimals.", least, most));
    }
}
