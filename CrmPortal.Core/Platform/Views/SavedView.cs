using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Views;

/// <summary>A list's search, filter, order and columns under a name; a user's own, or shared with everyone.</summary>
public sealed class SavedView
{
    public long Id { get; private set; }

    /// <summary>The list that the view belongs to, such as <c>customers</c>.</summary>
    public required string List { get; set; }

    public required string Name { get; set; }
    public long OwnerId { get; set; }
    public bool IsShared { get; set; }

    /// <summary>The owner sees this view when they open the list without saying what they want.</summary>
    public bool IsDefault { get; set; }

    /// <summary>The list's query string.</summary>
    public required string Query { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class SavedViewConfiguration : IEntityTypeConfiguration<SavedView>
{
    public void Configure(EntityTypeBuilder<SavedView> builder)
    {
        builder.ToTable("SavedViews");
        builder.Property(v => v.List).HasMaxLength(40);
        builder.Property(v => v.Name).HasMaxLength(SavedViewService.NameLength);
        builder.Property(v => v.Query).HasMaxLength(SavedViewService.QueryLength);
        builder.HasIndex(v => new { v.OwnerId, v.List, v.Name }).IsUnique();
        builder.HasIndex(v => new { v.List, v.IsShared });
    }
}
