using System.Collections.Concurrent;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Hosting;

namespace CrmPortal.E2E.Support;

/// <summary>Hands mails on as the program does, and keeps what was in them: the program itself forgets it once a mail is sent.</summary>
internal sealed class Mailbox(IMailSender sender) : IMailSender
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _texts = new();

    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        await sender.SendAsync(mail, cancellationToken);
        To(mail.To).TrySetResult(mail.Text);
    }

    public Task RestAsync(CancellationToken cancellationToken) => sender.RestAsync(cancellationToken);

    /// <summary>The text of the first mail to an address, as soon as it has been sent.</summary>
    public Task<string> FirstToAsync(string address) => To(address).Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    private TaskCompletionSource<string> To(string address) =>
        _texts.GetOrAdd(address, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
