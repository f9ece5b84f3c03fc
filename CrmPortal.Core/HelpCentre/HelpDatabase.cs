using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.HelpCentre;

/// <summary>A text that was found, with how well it fits.</summary>
public sealed class ArticleMatch
{
    public required ArticleTranslation Text { get; init; }

    /// <summary>More is better; comparable within one search only.</summary>
    public required double Score { get; init; }
}

/// <summary>What the help centre asks of the engine; every <see cref="IDatabaseProvider"/> has it.</summary>
public interface IHelpSearchIndex
{
    /// <summary>The texts in which words begin with the terms, through the full-text index; words of the title weigh most.</summary>
    /// <param name="terms">As <see cref="HelpWords"/> makes them; at least one.</param>
    /// <param name="any">Whether one of the terms is enough, instead of all.</param>
    IQueryable<ArticleMatch> MatchArticles(CrmDbContext db, IReadOnlyList<string> terms, bool any);
}

public static class HelpDatabase
{
    extension(IDatabaseProvider provider)
    {
        /// <inheritdoc cref="IHelpSearchIndex.MatchArticles"/>
        public IQueryable<ArticleMatch> MatchArticles(CrmDbContext db, IReadOnlyList<string> terms, bool any) =>
            ((IHelpSearchIndex)provider).MatchArticles(db, terms, any);
    }
}
