using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Tickets;

/// <summary>A text that agents put into replies; its placeholders are filled from the ticket.</summary>
[AuditName("SavedReply", Label = "Saved reply", PluralLabel = "Saved replies")]
[OpenFields("Name", "Text", "Language", "OwnerId")]
public sealed class SavedReply : IAudited, IVersioned
{
    public const int NameLength = 80;
    public const int TextLength = 10_000;

    public long Id { get; internal init; }
    [AuditLabel("Name")] public required string Name { get; set; }
    [AuditLabel("Text")] public required string Text { get; set; }

    /// <summary>For customers who are written to in this language; null for all.</summary>
    [AuditLabel("Language")] public string? Language { get; set; }

    /// <summary>Whose own it is; null for all agents.</summary>
    [AuditLabel("Only for")] public long? OwnerId { get; set; }

    [NotAudited] public long Version { get; set; }
}

/// <summary>Steps that are taken together by one click.</summary>
[AuditName("TicketMacro", Label = "Macro", PluralLabel = "Macros")]
[OpenFields("Name", "ActionsJson")]
public sealed class TicketMacro : IAudited, IVersioned
{
    public const int NameLength = 80;
    public const int ActionsLength = 20_000;

    public long Id { get; internal init; }
    [AuditLabel("Name")] public required string Name { get; set; }

    /// <summary>What it does, as JSON of <see cref="MacroActions"/>.</summary>
    [AuditLabel("Actions")] public required string ActionsJson { get; set; }

    [NotAudited] public long Version { get; set; }
}

internal sealed class SavedReplyConfiguration : IEntityTypeConfiguration<SavedReply>, IEntityTypeConfiguration<TicketMacro>
{
    public void Configure(EntityTypeBuilder<SavedReply> builder)
    {
        builder.ToTable("SavedReplies");
        builder.Property(r => r.Name).HasMaxLength(SavedReply.NameLength);
        builder.Property(r => r.Text).HasMaxLength(SavedReply.TextLength);
        builder.Property(r => r.Language).HasMaxLength(10);
        builder.HasIndex(r => new { r.OwnerId, r.Name });
    }

    public void Configure(EntityTypeBuilder<TicketMacro> builder)
    {
        builder.ToTable("TicketMacros");
        builder.Property(m => m.Name).HasMaxLength(TicketMacro.NameLength);
        builder.Property(m => m.ActionsJson).HasMaxLength(TicketMacro.ActionsLength);
        builder.HasIndex(m => m.Name);
    }
}
