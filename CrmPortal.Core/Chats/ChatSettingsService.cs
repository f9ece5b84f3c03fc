using System.Security.Cryptography;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Chats;

/// <summary>How the shop chats, as settings show it.</summary>
/// <param name="Sites">One origin a line.</param>
/// <param name="HasKey">Whether there is a key with which sites sign who their visitor is.</param>
public sealed record ChatSettingsDetails(bool IsOn, string Sites, AskedBefore Asks, string? Greeting, long? QueueId, int MissAfterMinutes,
    int IdleAfterMinutes, bool HasKey, long Version);

/// <summary>What is wanted of chat.</summary>
public sealed record ChatSettingsInput(bool IsOn, string? Sites, AskedBefore Asks, string? Greeting, long? QueueId, int MissAfterMinutes,
    int IdleAfterMinutes);

/// <summary>Settings of chat.</summary>
public sealed class ChatSettingsService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ChatDoor door,
    ISecretProtector secrets)
{
    private const string ChangeKind = "chat.settings";
    private const int MostSites = 50;
    private const int LongestMinutes = 24 * 60;
    private const int KeyBytes = 32;

    public async Task<ChatSettingsDetails> GetAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return Details(await db.ChatSettings.AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? new());
    }

    /// <summary>Changes the settings.</summary>
    /// <exception cref="RuleViolationException">A field is wrong.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody changed them since <paramref name="version"/>.</exception>
    public async Task<PartChangeResult<ChatSettingsDetails>> SaveAsync(ChatSettingsInput input, long? version,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        var errors = new List<FieldError>();
        var sites = Sites(input.Sites, errors);
        var greeting = TextRules.Text("Greeting", input.Greeting, ChatSettings.GreetingLength, errors).Value;
        foreach (var (field, minutes) in new[] { ("MissAfterMinutes", input.MissAfterMinutes), ("IdleAfterMinutes", input.IdleAfterMinutes) })
            if (minutes is < 1 or > LongestMinutes) errors.Add(new(field, "Choose a number from {0} to {1}.", 1, LongestMinutes));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (input.QueueId is { } queue) await TicketRules.QueueAsync(db, queue, errors, cancellationToken);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        db.BeginChangeSet(ChangeKind, Permissions.TicketsManage);
        var settings = await TrackedAsync(db, cancellationToken);
        if (version is { } expected && expected != settings.Version)
            throw new ConcurrencyConflictException([], settings.Version, null, null);
        (settings.IsOn, settings.Sites, settings.Asks, settings.Greeting) = (input.IsOn, sites, input.Asks, greeting);
        (settings.QueueId, settings.MissAfterMinutes, settings.IdleAfterMinutes) = (input.QueueId, input.MissAfterMinutes,
            input.IdleAfterMinutes);
        await db.SaveChangesAsync(cancellationToken);
        door.Forget();
        return new(Details(settings), db.LastChangeSetId);
    }

    /// <summary>Makes a new key with which sites sign who their visitor is; what the old one signed is no longer good.</summary>
    /// <returns>The key, which is shown this once.</returns>
    public async Task<string> NewKeyAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet(ChangeKind, Permissions.SettingsEdit);
        var settings = await TrackedAsync(db, cancellationToken);
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        settings.ProtectedKey = secrets.Protect(ChatIdentity.Purpose, key);
        await db.SaveChangesAsync(cancellationToken);
        return key;
    }

    private static async Task<ChatSettings> TrackedAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        if (await db.ChatSettings.SingleOrDefaultAsync(cancellationToken) is { } there) return there;
        var made = new ChatSettings();
        db.ChatSettings.Add(made);
        return made;
    }

    /// <summary>Origins, one a line, as a policy for frames may name them.</summary>
    private static string Sites(string? text, List<FieldError> errors)
    {
        var origins = new List<string>();
        foreach (var line in (text ?? "").Split(['\n', '\r', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Origin(line) is { } origin) origins.Add(origin);
            else errors.Add(new("Sites", "“{0}” is not the address of a web site, such as https://shop.example.", line));
        }

        var sites = string.Join('\n', origins.Distinct());
        if (origins.Count > MostSites || sites.Length > ChatSettings.SitesLength)
            errors.Add(new("Sites", "There can be {0} web sites.", MostSites));
        return errors.Count > 0 ? "" : sites;
    }

    private static string? Origin(string line)
    {
        // A star for all names under one name is what policies know as well.
        var isStar = line.Contains("://*.", StringComparison.Ordinal);
        var plain = isStar ? line.Replace("://*.", "://", StringComparison.Ordinal) : line;
        if (!Uri.TryCreate(plain, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address.Host.Length == 0 || address.PathAndQuery != "/" || address.UserInfo.Length > 0 || address.Fragment.Length > 0)
            return null;
        var host = address.IdnHost;
        if (!host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':' or '[' or ']')) return null;
        var port = address.IsDefaultPort ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $":{address.Port}");
        return $"{address.Scheme}://{(isStar ? "*." : "")}{host}{port}";
    }

    private static ChatSettingsDetails Details(ChatSettings s) => new(s.IsOn, s.Sites, s.Asks, s.Greeting, s.QueueId, s.MissAfterMinutes,
        s.IdleAfterMinutes, s.ProtectedKey is not null, s.Version);
}
