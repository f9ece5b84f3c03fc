namespace CrmPortal.Core.Customers;

/// <summary>Copies of messages that were sent and lie outside the database, such as the files of an installation without a mail
/// server.</summary>
public interface ISentCopies
{
    /// <summary>Removes the copies of what was sent to these e-mails (in lower case) and phones (E.164).</summary>
    Task RemoveAsync(IReadOnlyCollection<string> emails, IReadOnlyCollection<string> phones, CancellationToken cancellationToken);
}
