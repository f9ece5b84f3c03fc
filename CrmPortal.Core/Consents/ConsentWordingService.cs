using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Consents;

/// <summary>The texts that customers agree to. A changed text is a new version; the old one stays with those who agreed to it.</summary>
public sealed class ConsentWordingService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    TimeProvider clock)
{
    /// <summary>The newest version of each purpose and language.</summary>
    public async Task<IReadOnlyList<WordingDetails>> ListAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var wordings = await ConsentLedger.NewestWordings(db).ToListAsync(cancellationToken);
        return [.. wordings.OrderBy(w => w.Purpose).ThenBy(w => w.Language, StringComparer.Ordinal).Select(Details)];
    }

    /// <summary>Writes a new version.</summary>
    /// <exception cref="RuleViolationException">A field is wrong, or the text is what it was.</exception>
    public async Task<WordingDetails> AddAsync(ConsentPurpose purpose, string? language, string? text, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var errors = new List<FieldError>();
        var tag = TextRules.Required("Language", language, 10, "This is not a language code, such as en or es.", errors);
        if (tag.Length > 0 && !CustomerRules.IsLanguage(tag)) errors.Add(new("Language", "This is not a language code, such as en or es."));
        var words = TextRules.Required("Text", text, ConsentWording.TextLength, "A wording needs some text.", errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var last = await db.ConsentWordings.Where(w => w.Purpose == purpose && w.Language == tag).OrderByDescending(w => w.Number)
            .FirstOrDefaultAsync(cancellationToken);
        if (last?.Text == words) throw new RuleViolationException("Text", "This is already the current text.");
        // Without a permission: a version that somebody may have agreed to is not withdrawn.
        db.BeginChangeSet("consent.wording");
        var wording = new ConsentWording { Purpose = purpose, Language = tag, Number = (last?.Number ?? 0) + 1, Text = words,
            Hash = SessionService.Hash(words), CreatedAt = clock.GetUtcNow() };
        db.ConsentWordings.Add(wording);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw new RuleViolationException("Text", "Someone else has just written a new version; look at it first.");
        }

        await transaction.CommitAsync(cancellationToken);
        return Details(wording);
    }

    private static WordingDetails Details(ConsentWording w) => new(w.Id, w.Purpose, w.Language, w.Number, w.Text, w.CreatedAt);
}
