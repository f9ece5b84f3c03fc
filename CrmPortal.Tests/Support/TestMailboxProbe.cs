using CrmPortal.Core.Tickets;

namespace CrmPortal.Tests.Support;

/// <summary>Stands for the mail servers that the web program asks; three mails are in every folder.</summary>
internal sealed class TestMailboxProbe : IMailboxProbe
{
    public Task<MailboxTrial> TryAsync(MailboxConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult(new MailboxTrial(null, 3));
}
