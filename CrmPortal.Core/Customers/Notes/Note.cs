using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

[AuditName("Note", Label = "Note", PluralLabel = "Notes")]
[OpenFields("CustomerId", "Text", "IsPinned", "IsPrivate", "AuthorId", "AuthorName", "CreatedAt", "EditedAt")]
public sealed class Note : ICustomerOwned, IVersioned
{
    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    public Customer? Customer { get; set; }
    [AuditLabel("Text")] public required string Text { get; set; }
    [AuditLabel("Pinned")] public bool IsPinned { get; set; }

    /// <summary>Whether only its author sees it.</summary>
    [AuditLabel("Only for its author")] public bool IsPrivate { get; set; }

    [AuditLabel("Written by")] public long? AuthorId { get; set; }
    [AuditLabel("Written by")] public string AuthorName { get; set; } = "";
    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When its text was last changed.</summary>
    [AuditLabel("Text changed")] public DateTimeOffset? EditedAt { get; set; }

    public long Version { get; set; }
}

internal sealed class NoteConfiguration : IEntityTypeConfiguration<Note>
{
    public void Configure(EntityTypeBuilder<Note> builder)
    {
        builder.ToTable("Notes");
        builder.Property(n => n.Text).HasMaxLength(CustomerRules.NoteLength);
        builder.Property(n => n.AuthorName).HasMaxLength(200);
        builder.HasOne(n => n.Customer).WithMany(c => c.Notes).HasForeignKey(n => n.CustomerId);
        // Pinned ones first, then the newest, read along the index.
        builder.HasIndex(n => new { n.CustomerId, n.IsPinned, n.Id });
        builder.HasIndex(n => new { n.CustomerId, n.CreatedAt, n.Id });
    }
}
