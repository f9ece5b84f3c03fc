using System.Net;
using System.Security.Cryptography;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>A mailbox as its settings show it; the password is shown to nobody.</summary>
/// <param name="HasPassword">Whether one is kept; a mailbox that came back after it was removed has none.</param>
public sealed record MailboxDetails(long Id, string Name, string Host, int Port, bool UseTls, string UserName, bool HasPassword,
    string Folder, AfterTaking After, string? MoveTo, bool IsActive, DateTimeOffset? CheckedAt, string? Failure, long Version);

/// <summary>What is wanted of a mailbox.</summary>
public sealed record MailboxInput
{
    public string? Name { get; init; }
    public string? Host { get; init; }
    public int Port { get; init; } = 993;
    public bool UseTls { get; init; } = true;
    public string? UserName { get; init; }

    /// <summary>Null for the one that is kept.</summary>
    public string? Password { get; init; }

    public string? Folder { get; init; } = "INBOX";
    public AfterTaking After { get; init; }
    public string? MoveTo { get; init; }
    public bool IsActive { get; init; } = true;
}

/// <summary>The mailboxes from which mails are fetched.</summary>
public sealed class MailboxService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ISecretProtector secrets,
    IMailboxProbe probe)
{
    public const int MostMailboxes = 50;
    public const int LongestPassword = 500;
    private const string ChangeSetName = "ticket.mailbox";

    /// <summary>The mailboxes by name.</summary>
    public async Task<IReadOnlyList<MailboxDetails>> ListAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return [.. (await db.IncomingMailboxes.AsNoTracking().OrderBy(m => m.Name).Take(MostMailboxes).ToListAsync(cancellationToken))
            .Select(Details)];
    }

    /// <summary>Makes a mailbox, or changes one.</summary>
    /// <param name="id">Null for a new one.</param>
    /// <returns>Null where there is none with this key.</returns>
    /// <exception cref="RuleViolationException">A field is wrong, or another mailbox has the name.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody changed it since <paramref name="version"/>.</exception>
    public async Task<PartChangeResult<MailboxDetails>?> SaveAsync(long? id, MailboxInput input, long? version,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet(ChangeSetName, Permissions.TicketsManage);
        var all = await db.IncomingMailboxes.Take(MostMailboxes + 1).ToListAsync(cancellationToken);
        var present = all.Find(m => m.Id == id);
        if (id is not null && present is null) return null;
        var (wanted, errors) = Checked(input, present);
        if (present is null && all.Count >= MostMailboxes) errors.Add(new("Name", "There can be {0} mailboxes.", MostMailboxes));
        if (all.Exists(m => m != present && m.Name.Equals(wanted.Name, StringComparison.OrdinalIgnoreCase)))
            errors.Add(new("Name", "There is a mailbox of this name."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        if (version is { } expected && present is not null && expected != present.Version)
            throw new ConcurrencyConflictException([], present.Version, null, null);
        var mailbox = present ?? wanted;
        if (present is null) db.IncomingMailboxes.Add(mailbox);
        else Change(present, wanted);
        if (input.Password is { Length: > 0 } password)
            mailbox.ProtectedPassword = secrets.Protect(MailboxConnection.SecretPurpose, password);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(Details(mailbox), db.LastChangeSetId);
    }

    /// <summary>Removes a mailbox; the mails in it stay. Undone, it comes back switched off and without its password.</summary>
    /// <returns>The change set, or null where there is no such mailbox.</returns>
    public async Task<long?> RemoveAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet(ChangeSetName, Permissions.TicketsManage);
        if (await db.IncomingMailboxes.FirstOrDefaultAsync(m => m.Id == id, cancellationToken) is not { } mailbox) return null;
        db.IncomingMailboxes.Remove(mailbox);
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    /// <summary>Tries the connection that was written, with the kept password where none was; null where there is no such
    /// mailbox.</summary>
    /// <exception cref="RuleViolationException">A field is wrong.</exception>
    public async Task<MailboxTrial?> TryAsync(long? id, MailboxInput input, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        IncomingMailbox? present = null;
        if (id is not null)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            present = await db.IncomingMailboxes.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, cancellationToken);
            if (present is null) return null;
        }

        var (wanted, errors) = Checked(input, present);
        errors.RemoveAll(e => e.Field == "Name");
        if (errors.Count > 0) throw new RuleViolationException(errors);
        try
        {
            var password = input.Password is { Length: > 0 } written ? written
                : secrets.Unprotect(MailboxConnection.SecretPurpose, present!.ProtectedPassword);
            return await probe.TryAsync(new(wanted.Host, wanted.Port, wanted.UseTls, wanted.UserName, password, wanted.Folder,
                wanted.After == AfterTaking.Move ? wanted.MoveTo : null), cancellationToken);
        }
        catch (CryptographicException)
        {
            return new(MailboxFailures.NoPassword, 0);
        }
    }

    private static (IncomingMailbox Wanted, List<FieldError> Errors) Checked(MailboxInput input, IncomingMailbox? present)
    {
        var errors = new List<FieldError>();
        var wanted = new IncomingMailbox
        {
            Name = TextRules.Required("Name", input.Name, ReceivedMail.MailboxLength, "A mailbox needs a name.", errors),
            Host = TextRules.Required("Host", input.Host, IncomingMailbox.TextLength, "Which server is it on?", errors).ToLowerInvariant(),
            Port = input.Port, UseTls = input.UseTls,
            UserName = TextRules.Required("UserName", input.UserName, IncomingMailbox.TextLength, "A mailbox needs a user name.", errors),
            ProtectedPassword = "",
            Folder = TextRules.Required("Folder", input.Folder, IncomingMailbox.TextLength, "Which folder do the mails come into?",
                errors),
            After = input.After, IsActive = input.IsActive,
            MoveTo = input.After != AfterTaking.Move ? null
                : TextRules.Required("MoveTo", input.MoveTo, IncomingMailbox.TextLength, "Which folder shall they go to?", errors),
        };
        if (wanted.Host.Length > 0 && Uri.CheckHostName(wanted.Host) == UriHostNameType.Unknown)
            errors.Add(new("Host", "This is no name of a server."));
        if (input.Port is < 1 or > ushort.MaxValue) errors.Add(new("Port", "The port must be between 1 and {0}.", ushort.MaxValue));
        if (!Enum.IsDefined(input.After)) errors.Add(new("After", "Choose one of these."));
        if (!input.UseTls && wanted.Host.Length > 0 && !IsThisMachine(wanted.Host))
            errors.Add(new("UseTls", "Only a server on the same machine can be reached without encryption."));
        if (wanted.MoveTo is { Length: > 0 } target && target.Equals(wanted.Folder, StringComparison.OrdinalIgnoreCase))
            errors.Add(new("MoveTo", "This is the folder that they come from."));
        if (input.Password?.Length > LongestPassword)
            errors.Add(new("Password", "This is too long; {0} characters are allowed.", LongestPassword));
        if (string.IsNullOrEmpty(input.Password) && string.IsNullOrEmpty(present?.ProtectedPassword))
            errors.Add(new("Password", "A mailbox needs a password."));
        // Else whoever may change the server could have the password sent to one of their own.
        else if (string.IsNullOrEmpty(input.Password) && !IsSameServer(present!, wanted))
            errors.Add(new("Password", "The server or the user is another one; enter the password again."));
        return (wanted, errors);
    }

    private static void Change(IncomingMailbox present, IncomingMailbox wanted)
    {
        // The numbers of mails are those of one folder.
        if (!IsSameServer(present, wanted) || present.Folder != wanted.Folder) (present.UidValidity, present.LastUid) = (0, 0);
        (present.Name, present.Host, present.Port, present.UseTls) = (wanted.Name, wanted.Host, wanted.Port, wanted.UseTls);
        (present.UserName, present.Folder, present.After, present.MoveTo) = (wanted.UserName, wanted.Folder, wanted.After, wanted.MoveTo);
        (present.IsActive, present.Failure) = (wanted.IsActive, null);
    }

    private static bool IsSameServer(IncomingMailbox one, IncomingMailbox other) =>
        (one.Host, one.Port, one.UseTls, one.UserName) == (other.Host, other.Port, other.UseTls, other.UserName);

    private static bool IsThisMachine(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static MailboxDetails Details(IncomingMailbox m) => new(m.Id, m.Name, m.Host, m.Port, m.UseTls, m.UserName,
        m.ProtectedPassword.Length > 0, m.Folder, m.After, m.MoveTo, m.IsActive, m.CheckedAt, m.Failure, m.Version);
}
