namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>What kind of mail somebody, or some program, sent.</summary>
public enum MailKind
{
    /// <summary>A person wrote it, as far as the mail tells.</summary>
    Written,

    /// <summary>A program answered or wrote by itself: an absence note, a receipt, a notice.</summary>
    AutoReply,

    /// <summary>A mail could not be delivered: see <see cref="ReadMail.FailedRecipients"/>.</summary>
    Bounce,

    /// <summary>A mail is not delivered yet and is tried again.</summary>
    DelayNotice,

    /// <summary>The recipient's own filter refused a mail that had been delivered.</summary>
    Refusal,

    /// <summary>Sent to many: a mailing list, a newsletter.</summary>
    MailingList,
}

/// <summary>What could not be read of a mail, or not wholly.</summary>
public enum MailFault
{
    /// <summary>It is no mail; what there is of text is in <see cref="ReadMail.Text"/>.</summary>
    Unreadable,

    /// <summary>Headers are more or longer than what is read.</summary>
    HeadersCut,

    /// <summary>It has more parts than are read, or parts in parts deeper than is read.</summary>
    PartsCut,

    /// <summary>The text or the HTML is longer than what is kept.</summary>
    TextCut,

    /// <summary>It has more attachments than are kept.</summary>
    AttachmentsCut,

    /// <summary>One of its parts could not be decoded.</summary>
    PartUnreadable,

    /// <summary>Its HTML is built so that showing it would take the machine down; its text is kept.</summary>
    HtmlRefused,
}

/// <summary>Somebody in a header of a mail.</summary>
/// <param name="Name">As the mail shows them; empty where it gives an address alone.</param>
public sealed record MailPerson(string Address, string Name);

/// <summary>A file that came with a mail.</summary>
/// <param name="Name">Without a path, and safe to store and to show.</param>
/// <param name="ContentType">Such as <c>application/pdf</c>, as the sender says.</param>
/// <param name="ContentId">By which the HTML names it, without angle brackets.</param>
/// <param name="IsInline">Whether the HTML shows it in its text.</param>
public sealed record MailAttachment(string Name, string ContentType, ReadOnlyMemory<byte> Content, string? ContentId, bool IsInline);

/// <summary>Whom a mail did not reach, or not yet.</summary>
/// <param name="Address">The one that was written to, where the report tells it.</param>
/// <param name="Action">Of the report: <c>failed</c>, <c>delayed</c>, <c>delivered</c>, <c>relayed</c> or <c>expanded</c>.</param>
/// <param name="Status">Such as <c>5.1.1</c> (RFC 3463).</param>
/// <param name="Diagnostic">What the other server said.</param>
/// <param name="IsPermanent">
/// Whether writing again is useless. False as well where the report cannot know: behind an alias one mailbox may live while another failed.
/// </param>
public sealed record FailedRecipient(string Address, string Action, string? Status, string? Diagnostic, bool IsPermanent)
{
    /// <summary>
    /// Every address that the report gives for this one. An alias and what it stands for are told apart by nobody, so each is looked up.
    /// </summary>
    public IReadOnlyList<string> Addresses { get; init; } = [Address];
}

/// <summary>
/// A mail that came in, within bounds and free of what is dangerous. The reader makes it of any bytes; whatever could not be read is
/// absent and named in <see cref="Faults"/>.
/// </summary>
public sealed record ReadMail
{
    /// <summary>More stations than any mail passes that does not go in a circle.</summary>
    private const int MostHops = 50;

    /// <summary>Without angle brackets, as all ids here.</summary>
    public string? MessageId { get; init; }

    public string? InReplyTo { get; init; }

    /// <summary>The thread so far, oldest first; of a longer one the newest 100.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    public MailPerson? From { get; init; }
    public MailPerson? Sender { get; init; }
    public IReadOnlyList<MailPerson> ReplyTo { get; init; } = [];
    public IReadOnlyList<MailPerson> To { get; init; } = [];
    public IReadOnlyList<MailPerson> Cc { get; init; } = [];

    /// <summary>The mailboxes that servers on the way say they delivered it to, the last first.</summary>
    public IReadOnlyList<string> DeliveredTo { get; init; } = [];

    public string Subject { get; init; } = "";

    /// <summary>When the sender says they sent it; null where they do not, or not in a form that is understood.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>The whole text, lines ended by <c>\n</c>; made of the HTML where there is no plain text.</summary>
    public string Text { get; init; } = "";

    /// <summary>What is new in <see cref="Text"/>. Where that is not clear, the whole.</summary>
    public string NewText { get; init; } = "";

    /// <summary>What <see cref="Text"/> repeats of the mail that it answers; empty where that is not clear.</summary>
    public string QuotedText { get; init; } = "";

    /// <summary>
    /// HTML that is safe to show in a page and loads nothing: a picture of the mail is an <c>img</c> with <c>data-cid</c>, a remote one has
    /// <c>data-remote-src</c>. <see cref="MailHtml.WithPictures"/> puts them in. Null where there is none, or none that is safe.
    /// </summary>
    public string? Html { get; init; }

    public bool HasRemotePictures { get; init; }
    public IReadOnlyList<MailAttachment> Attachments { get; init; } = [];
    public MailKind Kind { get; init; }

    /// <summary>Of a bounce, a delay notice or a refusal.</summary>
    public IReadOnlyList<FailedRecipient> FailedRecipients { get; init; } = [];

    /// <summary>The id of the mail that a bounce, a delay notice or a refusal is about.</summary>
    public string? ReturnedMessageId { get; init; }

    public IReadOnlyList<MailFault> Faults { get; init; } = [];

    /// <summary>How many servers it passed.</summary>
    public int Hops { get; init; }

    internal IReadOnlyList<string> LoopMarks { get; init; } = [];
    internal bool HasOwnMark { get; init; }

    /// <summary>
    /// Whether this mail is one of our own that came back, so that answering or keeping it would go on for ever.
    /// </summary>
    /// <param name="ownAddresses">The addresses that our mails are sent from.</param>
    /// <param name="ownDomainToken">What stands behind the <c>@</c> of the ids that we give to mails.</param>
    public bool IsLoop(IReadOnlyCollection<string> ownAddresses, string ownDomainToken) =>
        HasOwnMark || Hops > MostHops
        || (ownDomainToken.Length > 0 && MessageId?.EndsWith("@" + ownDomainToken, StringComparison.OrdinalIgnoreCase) == true)
        || ownAddresses.Any(own => Same(own, From?.Address) || LoopMarks.Any(mark => Same(own, mark)))
        || LoopMarks.Any(mark => ownDomainToken.Length > 0 && Same(ownDomainToken, mark));

    private static bool Same(string own, string? other) => own.Equals(other, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A mail is larger than what is read; nothing of it was.</summary>
public sealed class MailTooLargeException() : Exception($"The mail is larger than {MailReader.MostBytes / 1024 / 1024} MB.");
