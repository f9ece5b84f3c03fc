using System.Text.Json;
using System.Text.RegularExpressions;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Branding;

/// <summary>What the settings say of the shop. Each change is in the audit log, and every node learns of it.</summary>
public sealed partial class ShopBrandService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ShopBrandLoader loader,
    TimeProvider clock)
{
    public const int LongestName = 60;
    public const int LargestLogo = 200 * 1024;

    internal const string NameKey = "shop.name";
    internal const string AccentKey = "shop.accent";
    internal const string LogoKey = "shop.logo";

    /// <summary>What was chosen: an empty name and no colour where the usual ones hold.</summary>
    public async Task<(string Name, string? Accent)> GetAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var values = await db.Settings.AsNoTracking().Where(s => s.Name == NameKey || s.Name == AccentKey)
            .ToDictionaryAsync(s => s.Name, s => s.Value, cancellationToken);
        return (values.GetValueOrDefault(NameKey, ""), values.GetValueOrDefault(AccentKey));
    }

    /// <summary>Chooses name and colour; an empty name is that of the configuration, no colour the program's own.</summary>
    /// <exception cref="RuleViolationException">The name is too long or cannot be stored, or the colour is none.</exception>
    public async Task SaveAsync(string? name, string? accent, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var (typed, colour) = ((name ?? "").Trim(), string.IsNullOrWhiteSpace(accent) ? null : accent.Trim().ToLowerInvariant());
        var errors = new List<FieldError>();
        if (typed.Length > LongestName) errors.Add(new("Name", "Use at most {0} characters.", LongestName));
        else if (StoredText.IsUnstorable(typed) || typed.Any(char.IsControl))
            errors.Add(new("Name", "The name contains characters that cannot be stored."));
        if (colour is not null && !Colour().IsMatch(colour)) errors.Add(new("Accent", "Write a colour such as #17654f."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        await WriteAsync(new() { [NameKey] = typed.Length == 0 ? null : typed, [AccentKey] = colour }, "Name Accent", cancellationToken);
    }

    /// <summary>Shows another logo: a PNG or JPEG, told by its content, without whatever does not belong to the picture.</summary>
    /// <exception cref="RuleViolationException">It is no such picture, damaged, or too large.</exception>
    public async Task SetLogoAsync(Stream content, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        using var raw = new MemoryStream();
        var buffer = new byte[32 * 1024];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (raw.Length + read > LargestLogo)
                throw new RuleViolationException("File", "Choose a picture of at most {0} kB.", LargestLogo / 1024);
            raw.Write(buffer, 0, read);
        }

        var picture = await Picture.ReadAsync(raw, raw.GetBuffer().AsMemory(0, (int)Math.Min(64, raw.Length)), cancellationToken);
        if (picture is not { ContentType: "image/png" or "image/jpeg" })
            throw new RuleViolationException("File", "Choose a picture: PNG or JPEG.");
        using var clean = new MemoryStream();
        try
        {
            await picture.WriteAsync(clean, cancellationToken);
        }
        catch (EndOfStreamException)
        {
            throw Picture.Damaged();
        }

        await WriteAsync(new() { [LogoKey] = $"{picture.ContentType};{Convert.ToBase64String(clean.ToArray())}" }, "Logo", cancellationToken);
    }

    /// <summary>Shows the program's own picture again.</summary>
    public async Task RemoveLogoAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        await WriteAsync(new() { [LogoKey] = null }, "Logo", cancellationToken);
    }

    private async Task WriteAsync(Dictionary<string, string?> values, string fields, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("shop.brand");
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        var names = values.Keys.ToList();
        var rows = await db.Settings.Where(s => names.Contains(s.Name)).ToDictionaryAsync(s => s.Name, cancellationToken);
        foreach (var (name, value) in values)
        {
            if (rows.TryGetValue(name, out var row))
            {
                if (value is null) db.Settings.Remove(row);
                else row.Value = value;
            }
            else if (value is not null)
            {
                db.Settings.Add(new() { Name = name, Value = value });
            }
        }

        db.AuditEntries.Add(new() { ChangeSet = changeSet, EntityType = "Shop", Action = AuditAction.Updated, Fields = fields });
        db.OutboxEvents.Add(new()
        {
            Topic = ShopBrandLoader.Topic, Payload = JsonSerializer.Serialize(new EventPayload(fields.Split(' '), changeSet.ActorId,
                changeSet.ActorName), ChangeRecorder.Json), ChangeSet = changeSet, CreatedAt = clock.GetUtcNow(),
        });
        await db.SaveChangesAsync(cancellationToken);
        // The other nodes hear of it by the event.
        await loader.LoadAsync(CancellationToken.None);
    }

    [GeneratedRegex("^#[0-9a-f]{6}$")]
    private static partial Regex Colour();
}
