using System.Text.Json;
using System.Text.Json.Serialization;
using CrmPortal.Core.Customers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Worklist;

/// <summary>Why somebody is worth a call.</summary>
public enum WorklistRule { Sleeping, TierEnds, TierReached, Birthday, PointsExpire, NoSecondOrder, VipUnheard }

public enum WorklistState { Open, Done, Later, NotUseful }

/// <summary>
/// A customer who is to be contacted, with the reasons. The program writes the list every night; what people did with an entry stays until
/// its day has come. Nothing of it is history: what was talked about is a note of the customer.
/// </summary>
public sealed class WorklistEntry
{
    public const int NameLength = 200;
    public const int ReasonsLength = 1_500;

    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    public long Id { get; internal init; }

    /// <summary>Unique: a customer has one entry, whatever the reasons are.</summary>
    public long CustomerId { get; init; }

    /// <summary>What is at stake, in minor units of the base currency; the list is ordered by it.</summary>
    public long Value { get; set; }

    /// <summary>The reasons with their figures, as JSON.</summary>
    public required string ReasonsJson { get; set; }

    public WorklistState State { get; set; }

    /// <summary>The day on which an entry that somebody has dealt with may come back; null for an open one.</summary>
    public DateOnly? QuietUntil { get; set; }

    /// <summary>Who is at it right now, so that two people do not call the same customer.</summary>
    public long? ClaimedById { get; set; }

    public string? ClaimedByName { get; set; }
    public DateTimeOffset? ClaimedAt { get; set; }

    /// <summary>Who dealt with it last.</summary>
    public string? ClosedByName { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>When it came on the list.</summary>
    public DateTimeOffset Since { get; set; }

    internal IReadOnlyList<WorklistReason> Reasons => JsonSerializer.Deserialize<List<WorklistReason>>(ReasonsJson, Json) ?? [];

    internal static string Write(IEnumerable<WorklistReason> reasons) => JsonSerializer.Serialize(reasons, Json);
}

/// <summary>One of the reasons for an entry, with the figures that it rests on.</summary>
/// <param name="Amount">Money in minor units of the base currency, or points.</param>
/// <param name="Number">A share in percent, or a number of days.</param>
/// <param name="Day">When it ends, or was.</param>
/// <param name="Name">The code of a tier.</param>
public sealed record WorklistReason(WorklistRule Rule, long Amount = 0, int Number = 0, DateOnly? Day = null, string? Name = null);

internal sealed class WorklistConfiguration : IEntityTypeConfiguration<WorklistEntry>
{
    public void Configure(EntityTypeBuilder<WorklistEntry> builder)
    {
        builder.ToTable("WorklistEntries");
        builder.Property(e => e.ReasonsJson).HasMaxLength(WorklistEntry.ReasonsLength);
        builder.Property(e => e.State).HasConversion<string>().HasMaxLength(12);
        builder.Property(e => e.ClaimedByName).HasMaxLength(WorklistEntry.NameLength);
        builder.Property(e => e.ClosedByName).HasMaxLength(WorklistEntry.NameLength);
        builder.Ignore(e => e.Reasons);
        builder.HasOne<Customer>().WithMany().HasForeignKey(e => e.CustomerId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(e => e.CustomerId).IsUnique();
        builder.HasIndex(e => new { e.State, e.Value, e.Id });
    }
}

/// <summary>Whoever was merged into another is in the trash and on no list; the next night finds reasons for the one who stayed.</summary>
internal sealed class WorklistEntryPart : CustomerPart<WorklistEntry>
{
    public override int Position => 227;

    public override bool IsComputed => true;
}
