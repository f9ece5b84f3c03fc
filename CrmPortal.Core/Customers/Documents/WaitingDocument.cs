namespace CrmPortal.Core.Customers.Documents;

/// <summary>A document that nobody has checked yet, with whose it is.</summary>
/// <param name="CustomerName">Their number for those who may not see customers.</param>
public sealed record WaitingDocument(DocumentDetails Document, string CustomerName, string CustomerNumber);

/// <summary>A part of the documents that wait, those that have waited longest first.</summary>
/// <param name="Next">After which document the next part begins; null at the end.</param>
public sealed record WaitingDocumentPage(IReadOnlyList<WaitingDocument> Items, long? Next);
