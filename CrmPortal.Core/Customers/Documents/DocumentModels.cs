using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>A document as it is listed.</summary>
public sealed record DocumentDetails(
    long Id, long CustomerId, DocumentKind Kind, string Name, string ContentType, long Size, string Hash, int? Width, int? Height,
    DocumentStatus Status, string? RejectReason, string? CheckedByName, DateTimeOffset? CheckedAt, DateOnly? ExpiresOn,
    DateTimeOffset UploadedAt, string UploadedByName, long Version)
{
    public bool IsPicture => Width is not null;

    /// <summary>Whether a browser can show it in a frame.</summary>
    public bool HasPreview => IsPicture || ContentType == "application/pdf";

    internal static DocumentDetails Of(Document d) => new(
        d.Id, d.CustomerId, d.Kind, d.Name, d.ContentType, d.Size, d.Hash, d.Width, d.Height, d.Status, d.RejectReason, d.CheckedByName,
            d.CheckedAt, d.ExpiresOn,
        d.UploadedAt, d.UploadedByName, d.Version);
}

/// <summary>What is known of a file before its content is read.</summary>
public sealed record DocumentUpload(string? Name, DocumentKind Kind = DocumentKind.Other, DateOnly? ExpiresOn = null);

/// <summary>What of a document may be changed; absent stays as it is.</summary>
public sealed record DocumentChanges
{
    public Optional<string?> Name { get; init; }
    public Optional<DocumentKind> Kind { get; init; }
    public Optional<DateOnly?> ExpiresOn { get; init; }
}

/// <summary>A document that is read. Anyone who asked for it closes the content.</summary>
public sealed record DocumentContent(DocumentDetails Document, Stream Content);
