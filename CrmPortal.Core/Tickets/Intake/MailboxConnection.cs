namespace CrmPortal.Core.Tickets;

/// <summary>How a mailbox is reached.</summary>
/// <param name="MoveTo">The folder for mails that were taken, where they are moved.</param>
public sealed record MailboxConnection(string Host, int Port, bool UseTls, string UserName, string Password, string Folder, string? MoveTo)
{
    /// <summary>What passwords of mailboxes are encrypted for.</summary>
    public const string SecretPurpose = "mailbox";
}

/// <summary>What a try of a connection showed.</summary>
/// <param name="Failure">Why it does not work, an English sentence; null where it does.</param>
/// <param name="Mails">How many mails are in the folder.</param>
public sealed record MailboxTrial(string? Failure, int Mails);

/// <summary>Tries a connection to a mailbox; whoever speaks with mail servers has it.</summary>
public interface IMailboxProbe
{
    /// <summary>Signs in and looks for the folders; changes nothing.</summary>
    Task<MailboxTrial> TryAsync(MailboxConnection connection, CancellationToken cancellationToken);
}

/// <summary>Why a mailbox cannot be looked into, in words that can be translated and repeat nothing of what the server said.</summary>
public static class MailboxFailures
{
    public const string NoAnswer = "The server does not answer, or broke off.";
    public const string Refused = "The server refuses the user name or the password.";
    public const string NotSecure = "The connection cannot be encrypted, or the server's certificate is not good.";
    public const string NoFolder = "A folder of this name is not there.";
    public const string CommandRefused = "The server refused what it was asked.";
    public const string NoPassword = "The password cannot be read; enter it again.";
    public const string Later = "Mails cannot be taken at the moment; they stay on the server and are tried again.";
    public const string Skipped = "At least one mail could not be taken; it was left on the server.";
    public const string Unexpected = "Something unexpected went wrong; the log says more.";
}
