using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers.Documents;

public enum DocumentStatus { Pending, Verified, Rejected }

/// <summary>What a document is.</summary>
public enum DocumentKind { Other, Identity, Address, Contract, Invoice, Photo }

/// <summary>A file about a customer. Its content lies encrypted in the folder of documents, under a name that says nothing.</summary>
[AuditName("Document", Label = "Document", PluralLabel = "Documents", Permission = Permissions.DocumentsView)]
[OpenFields("CustomerId", "Kind", "Name", "ContentType", "Size", "Hash", "Width", "Height", "Status", "RejectReason", "CheckedById",
    "CheckedByName", "CheckedAt", "ExpiresOn", "UploadedAt", "UploadedById", "UploadedByName", "DeletedAt")]
public sealed class Document : ICustomerOwned, IVersioned
{
    public const int NameLength = 200;

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    [AuditLabel("Kind")] public DocumentKind Kind { get; set; }

    /// <summary>The name that the file had, without any path.</summary>
    [AuditLabel("Name")] public required string Name { get; set; }

    /// <summary>The type that the content is of, whatever the name says.</summary>
    [AuditLabel("Type of file")] public required string ContentType { get; init; }

    /// <summary>In bytes, as it is downloaded.</summary>
    [AuditLabel("Size")] public long Size { get; init; }

    /// <summary>SHA-256 of what is downloaded, as hexadecimal digits.</summary>
    [AuditLabel("Fingerprint")] public required string Hash { get; init; }

    /// <summary>Width and height in pixels, where it is a picture.</summary>
    [AuditLabel("Width")] public int? Width { get; init; }

    [AuditLabel("Height")] public int? Height { get; init; }

    /// <summary>The name of the file in the folder of documents.</summary>
    [NotAudited] public required string StoredName { get; init; }

    /// <summary>The key of the content, wrapped by the installation's own.</summary>
    [NotAudited] public required string WrappedKey { get; init; }

    [AuditLabel("Status")] public DocumentStatus Status { get; set; }
    [AuditLabel("Reason for rejection")] public string? RejectReason { get; set; }
    [AuditLabel("Checked by")] public long? CheckedById { get; set; }
    [AuditLabel("Checked by")] public string? CheckedByName { get; set; }
    [AuditLabel("Checked on")] public DateTimeOffset? CheckedAt { get; set; }
    [AuditLabel("Expires on")] public DateOnly? ExpiresOn { get; set; }

    /// <summary>The expiry that was reminded of.</summary>
    [NotAudited] public DateOnly? RemindedOf { get; set; }

    [AuditLabel("Uploaded")] public DateTimeOffset UploadedAt { get; init; }
    [AuditLabel("Uploaded by")] public long? UploadedById { get; init; }
    [AuditLabel("Uploaded by")] public string UploadedByName { get; init; } = "";

    /// <summary>When it was removed; the content goes when it can no longer be brought back.</summary>
    [AuditLabel("Deleted")] public DateTimeOffset? DeletedAt { get; set; }

    public long Version { get; set; }
}

internal sealed class DocumentConfiguration : IEntityTypeConfiguration<Document>
{
    public void Configure(EntityTypeBuilder<Document> builder)
    {
        builder.ToTable("Documents");
        builder.Property(d => d.Kind).HasConversion<string>().HasMaxLength(10);
        builder.Property(d => d.Name).HasMaxLength(Document.NameLength);
        builder.Property(d => d.ContentType).HasMaxLength(100);
        builder.Property(d => d.Hash).HasMaxLength(64);
        builder.Property(d => d.StoredName).HasMaxLength(64);
        builder.Property(d => d.Status).HasConversion<string>().HasMaxLength(10);
        builder.Property(d => d.RejectReason).HasMaxLength(CustomerRules.ReasonLength);
        builder.Property(d => d.CheckedByName).HasMaxLength(200);
        builder.Property(d => d.UploadedByName).HasMaxLength(200);
        builder.HasOne<Customer>().WithMany(c => c.Documents).HasForeignKey(d => d.CustomerId);
        builder.HasIndex(d => new { d.CustomerId, d.UploadedAt, d.Id });
        builder.HasIndex(d => d.ExpiresOn).HasFilter("\"ExpiresOn\" IS NOT NULL AND \"DeletedAt\" IS NULL");
        builder.HasIndex(d => d.DeletedAt).HasFilter("\"DeletedAt\" IS NOT NULL");
        builder.HasIndex(d => d.CustomerId).HasDatabaseName("IX_Documents_Waiting")
            .HasFilter("\"Status\" = 'Pending' AND \"DeletedAt\" IS NULL");
    }
}
