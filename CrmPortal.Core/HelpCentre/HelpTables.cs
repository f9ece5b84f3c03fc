using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.HelpCentre;

/// <summary>The tables of the help centre.</summary>
public static class HelpTables
{
    extension(CrmDbContext db)
    {
        public DbSet<ArticleCategory> ArticleCategories => db.Set<ArticleCategory>();
        public DbSet<ArticleCategoryName> ArticleCategoryNames => db.Set<ArticleCategoryName>();
        public DbSet<Article> Articles => db.Set<Article>();
        public DbSet<ArticleTranslation> ArticleTranslations => db.Set<ArticleTranslation>();
        public DbSet<ArticleVersion> ArticleVersions => db.Set<ArticleVersion>();
        public DbSet<HelpOldSlug> HelpOldSlugs => db.Set<HelpOldSlug>();
        public DbSet<ArticlePicture> ArticlePictures => db.Set<ArticlePicture>();
        public DbSet<ArticlePictureUse> ArticlePictureUses => db.Set<ArticlePictureUse>();
        public DbSet<ArticleVote> ArticleVotes => db.Set<ArticleVote>();
        public DbSet<ArticleVoteReason> ArticleVoteReasons => db.Set<ArticleVoteReason>();
        public DbSet<HelpSearch> HelpSearches => db.Set<HelpSearch>();
    }
}
