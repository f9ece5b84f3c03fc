using CrmPortal.Core.Loyalty;

namespace CrmPortal.Features.Loyalty;

/// <summary>The rules of a programme while they are typed; a blank number is 0, or no limit where there may be none.</summary>
public sealed class ProgrammeForm
{
    public static readonly IReadOnlyList<DayOfWeek> Days = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday,
        DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    public string? Name { get; set; }
    public decimal? PointsPerUnit { get; set; }
    public PointRounding Rounding { get; set; }
    public decimal? BirthdayMonth { get; set; }
    public decimal? SignUpBonus { get; set; }
    public decimal? ReviewBonus { get; set; }
    public decimal? ReferrerBonus { get; set; }
    public decimal? ReferredBonus { get; set; }
    public decimal? MostPointsPerOrder { get; set; }
    public decimal? MostPointsPerMonth { get; set; }
    public ExpiryKind Expiry { get; set; }
    public decimal? ExpiryDays { get; set; }
    public decimal? ReminderDays { get; set; }
    public decimal? PendingDays { get; set; }
    public bool AllowsDebt { get; set; }
    public decimal? PointValue { get; set; }
    public TierBasis TierBasis { get; set; }
    public TierWindow TierWindow { get; set; }
    public DowngradePolicy Downgrade { get; set; }
    public decimal? DowngradeWarningDays { get; set; }
    public Dictionary<DayOfWeek, decimal?> Weekdays { get; } = [];
    public List<CategoryRow> Categories { get; } = [];
    public List<CampaignRow> Campaigns { get; } = [];
    public List<TierRow> Tiers { get; } = [];

    public static ProgrammeForm Of(string? name, ProgrammeRules rules)
    {
        var form = new ProgrammeForm
        {
            Name = name, PointsPerUnit = rules.PointsPerUnit, Rounding = rules.Rounding, BirthdayMonth = rules.BirthdayMonth,
                SignUpBonus = rules.SignUpBonus, ReviewBonus = rules.ReviewBonus,
            ReferrerBonus = rules.ReferrerBonus, ReferredBonus = rules.ReferredBonus, MostPointsPerOrder = rules.MostPointsPerOrder,
                MostPointsPerMonth = rules.MostPointsPerMonth, Expiry = rules.Expiry,
            ExpiryDays = rules.ExpiryDays, ReminderDays = rules.ReminderDays, PendingDays = rules.PendingDays,
                AllowsDebt = rules.AllowsDebt, PointValue = rules.PointValue, TierBasis = rules.TierBasis,
            TierWindow = rules.TierWindow, Downgrade = rules.Downgrade, DowngradeWarningDays = rules.DowngradeWarningDays,
        };
        foreach (var day in Days) form.Weekdays[day] = rules.Weekdays.GetValueOrDefault(day, 1);
        form.Categories.AddRange(rules.Categories.Select(c => new CategoryRow { Name = c.Key, Factor = c.Value }));
        form.Campaigns
            .AddRange(rules.Campaigns
            .Select(c => new CampaignRow { Name = c.Name, From = c.From, Until = c.Until, Multiplier = c.Multiplier, Bonus = c.Bonus }));
        form.Tiers.AddRange(rules.Tiers.Select(t => new TierRow(true)
        {
            Code = t.Code, Name = t.Name, Threshold = t.Threshold, Multiplier = t.Multiplier, DiscountPercent = t.DiscountPercent,
                HasPrioritySupport = t.HasPrioritySupport, HasFreeShipping = t.HasFreeShipping, HasVipAccess = t.HasVipAccess,
        }));
        return form;
    }

    /// <param name="today">For campaigns whose days are not typed yet.</param>
    public ProgrammeRules ToRules(DateOnly today)
    {
        // A category that occurs twice must reach the rules as two, so that it is refused with a sentence.
        var categories = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var row in Categories)
        {
            var key = row.Name ?? "";
            while (!categories.TryAdd(key, row.Factor ?? 0)) key += " ";
        }

        return new()
        {
            PointsPerUnit = PointsPerUnit ?? 0, Rounding = Rounding, BirthdayMonth = BirthdayMonth ?? 0, SignUpBonus = Whole(SignUpBonus),
                ReviewBonus = Whole(ReviewBonus), ReferrerBonus = Whole(ReferrerBonus),
            ReferredBonus = Whole(ReferredBonus), MostPointsPerOrder = MostPointsPerOrder is null ? null : Whole(MostPointsPerOrder),
                MostPointsPerMonth = MostPointsPerMonth is null ? null : Whole(MostPointsPerMonth),
            Expiry = Expiry, ExpiryDays = Small(ExpiryDays), ReminderDays = Small(ReminderDays), PendingDays = Small(PendingDays),
                AllowsDebt = AllowsDebt, PointValue = PointValue ?? 0, TierBasis = TierBasis,
            TierWindow = TierWindow, Downgrade = Downgrade, DowngradeWarningDays = Small(DowngradeWarningDays), Categories = categories,
            Weekdays = Weekdays.Where(d => d.Value != 1).ToDictionary(d => d.Key, d => d.Value ?? 0),
            Campaigns = [.. Campaigns
                .Select(c => new Campaign(c.Name ?? "", c.From ?? today, c.Until ?? today) { Multiplier = c.Multiplier ?? 0,
                Bonus = Whole(c.Bonus) })],
            Tiers = [.. Tiers.Select(t => new TierRule(t.Code ?? "", t.Name ?? "", t.Threshold ?? 0)
            {
                Multiplier = t.Multiplier ?? 0, DiscountPercent = t.DiscountPercent ?? 0, HasPrioritySupport = t.HasPrioritySupport,
                    HasFreeShipping = t.HasFreeShipping, HasVipAccess = t.HasVipAccess,
            })],
        };
    }

    private static long Whole(decimal? value) => (long)Math.Clamp(Math.Round(value ?? 0), -1, 1_000_000_000_000);

    private static int Small(decimal? value) => (int)Math.Clamp(Math.Round(value ?? 0), -1, 1_000_000);

    public sealed class CategoryRow
    {
        public string? Name { get; set; }
        public decimal? Factor { get; set; } = 1;
    }

    public sealed class CampaignRow
    {
        public string? Name { get; set; }
        public DateOnly? From { get; set; }
        public DateOnly? Until { get; set; }
        public decimal? Multiplier { get; set; } = 2;
        public decimal? Bonus { get; set; } = 0;
    }

    /// <param name="isKept">Whether customers may have it already: then its code stays.</param>
    public sealed class TierRow(bool isKept)
    {
        public bool IsKept { get; } = isKept;
        public string? Code { get; set; }
        public string? Name { get; set; }
        public decimal? Threshold { get; set; }
        public decimal? Multiplier { get; set; } = 1;
        public decimal? DiscountPercent { get; set; } = 0;
        public bool HasPrioritySupport { get; set; }
        public bool HasFreeShipping { get; set; }
        public bool HasVipAccess { get; set; }
    }
}
