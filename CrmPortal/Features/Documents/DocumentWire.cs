using System.ComponentModel;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Documents;

/// <summary>A document, without its content.</summary>
/// <param name="Name">The name of the file, which ends as its content is.</param>
/// <param name="ContentType">By the content, whatever the name said.</param>
/// <param name="Size">In bytes, as it is downloaded.</param>
/// <param name="Sha256">Of what is downloaded, in hexadecimal digits.</param>
/// <param name="RejectReason">Why it was rejected.</param>
/// <param name="VerifiedBy">Who verified or rejected it.</param>
internal sealed record DocumentAnswer(
    long Id, long CustomerId, DocumentKind Kind, string Name, string ContentType, long Size, string Sha256, int? Width, int? Height,
    DocumentStatus Status, string? RejectReason, string? VerifiedBy, DateTimeOffset? VerifiedAt, DateOnly? ExpiresOn,
        DateTimeOffset UploadedAt, string UploadedBy)
{
    public static DocumentAnswer Of(DocumentDetails d) => new(
        d.Id, d.CustomerId, d.Kind, d.Name, d.ContentType, d.Size, d.Hash, d.Width, d.Height, d.Status, d.RejectReason, d.CheckedByName,
            d.CheckedAt, d.ExpiresOn, d.UploadedAt, d.UploadedByName);
}

/// <summary>Whether a document is what it should be.</summary>
internal sealed record DocumentVerification
{
    [Description("Defaults to verified.")]
    public Optional<DocumentStatus> Status { get; init; }

    [Description("Required for a rejection.")]
    public string? Reason { get; init; }
}

/// <summary>What answers a removal.</summary>
internal sealed record DocumentDeletedAnswer(string Message, long Id);

/// <summary>The parts of an upload.</summary>
internal sealed record DocumentForm
{
    [Description("other, identity, address, contract, invoice or photo; must come before the file.")]
    public string? Kind { get; init; }

    [Description("The name to store the file under, if different from its own; must come before the file.")]
    public string? Name { get; init; }

    [Description("A date such as 2027-05-31; must come before the file.")]
    public string? ExpiresOn { get; init; }

    [Description("The file content, as the last part.")]
    public required IFormFile File { get; init; }
}

/// <summary>What the API's description shows.</summary>
internal static class DocumentExamples
{
    public const string Document = """
        {
          "id": 7, "customer_id": 1, "kind": "identity", "name": "passport.jpg", "content_type": "image/jpeg", "size": 482113,
          "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "width": 2048, "height": 1536,
          "status": "pending", "reject_reason": null, "verified_by": null, "verified_at": null, "expires_on": "2031-05-17",
          "uploaded_at": "2026-02-03T10:15:00Z", "uploaded_by": "Ada Agent"
        }
        """;

    public const string List = $$"""
        { "items": [ {{Document}} ], "page": 1, "limit": 20, "total": 1, "pages": 1 }
        """;

    public const string Verification = """
        { "status": "rejected", "reason": "The picture cannot be read." }
        """;

    public const string Deleted = """
        { "message": "Document deleted successfully.", "id": 7 }
        """;
}
