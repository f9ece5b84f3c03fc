using System.Text.Json;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.HelpCentre;

/// <summary>An article comes back where its category is still there.</summary>
internal sealed class ArticleUndo : UndoRule<Article>
{
    public override async Task<UndoOutcome> TakeBackAsync(UndoStep step, CancellationToken cancellationToken) =>
        step.Entry.Action == AuditAction.Deleted && !await HasCategoryAsync(step.Db, step.Entry, cancellationToken)
            ? UndoOutcome.Kept : UndoOutcome.Usual;

    /// <summary>Whether the category of a removed article is there.</summary>
    public static async Task<bool> HasCategoryAsync(CrmDbContext db, AuditEntry removal, CancellationToken cancellationToken)
    {
        using var values = JsonDocument.Parse(removal.Values ?? "{}");
        if (!values.RootElement.TryGetProperty(nameof(Article.CategoryId), out var sides)) return false;
        var id = sides[0].GetInt64();
        return await db.ArticleCategories.AnyAsync(c => c.Id == id, cancellationToken);
    }
}

/// <summary>A text comes back where its article is there, or comes back with it.</summary>
internal sealed class ArticleTranslationUndo : UndoRule<ArticleTranslation>
{
    public override async Task<UndoOutcome> TakeBackAsync(UndoStep step, CancellationToken cancellationToken)
    {
        if (step.Entry.Action != AuditAction.Deleted || step.Entry.Values is null) return UndoOutcome.Usual;
        using var values = JsonDocument.Parse(step.Entry.Values);
        var article = values.RootElement.GetProperty(nameof(ArticleTranslation.ArticleId))[0].GetInt64();
        if (await step.Db.Articles.AnyAsync(a => a.Id == article, cancellationToken)) return UndoOutcome.Usual;
        var removal = await step.Db.AuditEntries.AsNoTracking().FirstOrDefaultAsync(e => e.ChangeSetId == step.Entry.ChangeSetId
            && e.EntityType == nameof(Article) && e.EntityId == article && e.Action == AuditAction.Deleted, cancellationToken);
        return removal is not null && await ArticleUndo.HasCategoryAsync(step.Db, removal, cancellationToken)
            ? UndoOutcome.Usual : UndoOutcome.Kept;
    }
}
