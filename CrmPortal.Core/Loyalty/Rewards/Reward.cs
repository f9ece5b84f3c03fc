using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Loyalty;

/// <summary>Something that is given for points.</summary>
[AuditName("Reward", Label = "Reward")]
[OpenFields("Name", "Description", "Price", "Stock", "From", "Until", "LowestTier", "CodeDays", "IsArchived")]
public sealed class Reward : IAudited, IVersioned
{
    public const int NameLength = 100;
    public const int DescriptionLength = 1_000;

    public long Id { get; internal init; }
    [AuditLabel("Name")] public required string Name { get; set; }
    [AuditLabel("Description")] public string? Description { get; set; }
    [AuditLabel("Price in points")] public long Price { get; set; }

    /// <summary>How many are left; null if the stock is unlimited.</summary>
    [AuditLabel("Stock")] public long? Stock { get; set; }

    [AuditLabel("From")] public DateOnly? From { get; set; }

    /// <summary>The last day of the shop on which it can be had.</summary>
    [AuditLabel("Until")] public DateOnly? Until { get; set; }

    /// <summary>The lowest tier that may have it.</summary>
    [AuditLabel("Lowest tier")] public string? LowestTier { get; set; }

    /// <summary>Days within which its code is to be used; null is for ever.</summary>
    [AuditLabel("Days a code is valid")] public int? CodeDays { get; set; }

    [AuditLabel("Archived")] public bool IsArchived { get; set; }
    public long Version { get; set; }
}
